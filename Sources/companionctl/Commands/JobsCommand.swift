import Base
import Client
import FoundationEssentials
import Glibc
import Model
import Wire

extension Commands {
  static let jobs = CommandSpec(
    name: "jobs",
    summary: "Pictures that are being made",
    options: jobsList.options,
    discussion: "Alone it is list.",
    examples: [
      .init("companionctl jobs", "What waits and what runs."),
      .init("companionctl jobs watch", "The same, live."),
      .init("companionctl jobs cancel 01J…", "Not that one."),
    ],
    subcommands: [jobsList, jobsWatch, jobsCancel, jobsRetry],
    run: jobsList.run)

  private static let jobsList = CommandSpec(
    name: "list",
    summary: "Jobs that wait or run",
    options: [
      OptionSpec("--all", nil, "those that are over too"),
      OptionSpec("--limit", "N", "how many at most; 50 when absent"),
    ],
    examples: [.init("companionctl jobs list --all --limit 10", "The last ten, and what became of them.")]
  ) { invocation in
    let limit = Int(try invocation.number("--limit", in: 1...200, whole: true) ?? 50)
    let params = JobList.Params(active: invocation.has("--all") ? nil : true, limit: limit)
    guard let jobs = try invocation.ask(JobList.self, params)?.jobs else { return .done }
    if jobs.isEmpty {
      invocation.out.line("Nothing is being made.")
    } else {
      invocation.out.table(JobTable.table(jobs, invocation.out))
    }
    return .done
  }

  private static let jobsWatch = CommandSpec(
    name: "watch",
    summary: "The jobs that wait or run, live, until interrupted",
    discussion:
      "On a terminal one table that is kept up to date; elsewhere, or with --json, a line for every change."
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let token = client.subscribe(Interest(topics: ["job"]))
    var table = JobTable(invocation)
    while let news = try client.nextNews() {
      switch news {
      case .refused(token, let error): throw ClientError.daemon(error)
      case .subscribed, .missed, .ready(_, restarted: .some):
        let params = JobList.Params(active: true, limit: 200)
        table.begin(try client.call(JobList.self, params, timeout: Invocation.patience).jobs)
      case .event(let event): try table.take(event)
      default: break
      }
    }
    return .done
  }

  private static let jobsCancel = CommandSpec(
    name: "cancel",
    summary: "Stop jobs",
    takes: "JOB …",
    words: 1...200,
    discussion: "What was not begun is not made; a provider at work is told to stop where it can be told."
  ) { invocation in
    let client = invocation.client()
    for id in try invocation.ids("a job") {
      let reply = try client.call(
        CallRequest(JobCancel.self, JobCancel.Params(job: id)), timeout: Invocation.patience)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        let job = try reply.decoded(as: JobCancel.self).job
        invocation.out.line(job.state == .cancelled ? "\(id) is cancelled." : "\(id) was over already.")
      }
    }
    return .done
  }

  private static let jobsRetry = CommandSpec(
    name: "retry",
    summary: "Try jobs again that failed or were cancelled",
    takes: "JOB …",
    words: 1...200
  ) { invocation in
    let client = invocation.client()
    for id in try invocation.ids("a job") {
      let reply = try client.call(
        CallRequest(JobRetry.self, JobRetry.Params(job: id)), timeout: Invocation.patience)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        invocation.out.line("\(id) is queued again.")
      }
    }
    return .done
  }
}

/// Jobs under one another. On a terminal the table that stands there is taken away for the next.
private struct JobTable {
  private let invocation: Invocation
  private var jobs: [Job] = []
  private var shownLines = 0

  init(_ invocation: Invocation) { self.invocation = invocation }

  mutating func begin(_ jobs: [Job]) {
    // The oldest first: new ones come below.
    self.jobs = jobs.reversed()
    draw()
  }

  mutating func take(_ event: EventNotification.Params) throws {
    if invocation.json { return try invocation.print(event) }
    guard let job = event.payload(JobCreated.self)?.job else { return }
    if !invocation.out.canErase { invocation.out.line("\(job.id)  \(JobWatch.words(job))") }
    if let index = jobs.firstIndex(where: { $0.id == job.id }) {
      jobs[index] = job
    } else {
      jobs.append(job)
    }
    // What is over stays for as long as there is room for it.
    while jobs.count > rows, let over = jobs.firstIndex(where: \.state.isOver) { jobs.remove(at: over) }
    draw()
  }

  private var rows: Int { max(4, (invocation.out.size?.rows ?? 24) - 2) }

  private mutating func draw() {
    guard invocation.out.canErase, !invocation.json else { return }
    let out = invocation.out
    var text = shownLines > 0 ? "\u{1B}[\(shownLines)A\r\u{1B}[J" : ""
    let table = Self.table(jobs.suffix(rows), out).text(within: out.columns)
    let shown = jobs.isEmpty ? "Nothing is being made." : table
    text += shown + "\n"
    shownLines = shown.split(separator: "\n", omittingEmptySubsequences: false).count
    out.write(Array(text.utf8))
  }

  static func table(_ jobs: some Sequence<Job>, _ out: Output) -> Table {
    var table = Table()
    for job in jobs {
      let id = job.id.description
      table.row(
        Table.Cell(id, shown: out.styled(id, .dim)), "\(job.kind.rawValue)", "\(job.provider.escaped)",
        .yielding(JobWatch.words(job)))
    }
    return table
  }
}
