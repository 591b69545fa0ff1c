import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGKILL somewhere between the call that asks for pictures and the commit that has them.
  @Suite struct PictureKillTests {
    @Test func `however a kill cuts pictures short, each job ends once and files and rows agree`() throws {
      let kills = Extent.of("PICTUREKILLS", share: 6)
      let seed = Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max)))
      let talk = try Conversation()
      var run = KilledPictures(talk, .seeded(UInt64(seed)))
      for number in 1...kills {
        try run.kill(number)
        #expect(run.faults.isEmpty, "kill \(number), seed \(seed): \(run.faults)")
        run.faults = []
      }
      try run.examineFiles()
      #expect(run.faults.isEmpty, "seed \(seed): \(run.faults)")
      let check = try talk.daemon.lines().ask("storage.check").result
      #expect(check?["ok"] == true, "seed \(seed): \(String(describing: check))")
      figure(
        "\(kills) kills, seed \(seed): \(run.told) calls told of, \(run.made) pictures made, \(run.crashed) jobs given up, "
          + "\(run.recovering) more kills in recovery, \(run.orphans) files left over and collected")
    }
  }
}

private struct KilledPictures {
  private let talk: Conversation
  private var random: RandomSource
  var faults: [String] = []
  private(set) var told = 0
  private(set) var made = 0
  private(set) var crashed = 0
  private(set) var recovering = 0
  private(set) var orphans = 0

  init(_ talk: Conversation, _ random: RandomSource) { (self.talk, self.random) = (talk, random) }

  private func result(_ method: String, _ params: String = "{}") throws -> JSONValue? {
    try talk.daemon.lines().ask(method, params).result
  }

  mutating func kill(_ number: Int) throws {
    let count = Int.random(in: 1...3, using: &random)
    let side = [256, 512, 768].randomElement(using: &random) ?? 256
    let wish =
      "{\"prompt\":\"picture \(number)\",\"count\":\(count),\"width\":\(side),\"height\":\(side),"
      + "\"provider\":\"offline\",\"key\":\"pictures-\(number)\"}"
    let client = try talk.daemon.lines()
    try client.call("image.imagine", wish)
    // A third of the kills come about the answer, the others anywhere in the time that drawing takes.
    let moment = Int.random(in: 0...2, using: &random) == 0 ? 8000 : 250_000
    usleep(useconds_t(Int.random(in: 0...moment, using: &random)))
    try talk.daemon.kill()
    let answer = try? client.json()
    if answer != nil { told += 1 }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      try talk.daemon.launch()
      usleep(useconds_t(Int.random(in: 0...80_000, using: &random)))
      try talk.daemon.kill()
      recovering += 1
    }
    try talk.daemon.start()
    let again = try talk.daemon.lines().ask("image.imagine", wish)
    guard let jobs = again.result?["jobs"]?.array, jobs.count == count else {
      return faults.append("it cannot be asked for again: \(again)")
    }
    if let first = answer?.result?["jobs"]?.array {
      check(again.result?["replayed"] == true, "what was told of is not known any more")
      check(first.map { $0["id"] } == jobs.map { $0["id"] }, "other jobs than were told of")
    }
    for job in jobs { try examine(job["id"]?.string ?? "") }
  }

  private mutating func examine(_ id: String) throws {
    var job: JSONValue?
    let patience = ContinuousClock.now + .seconds(20)
    repeat {
      usleep(5000)
      job = try result("job.get", "{\"job\":\"\(id)\"}")?["job"]
    } while (job?["state"] == "queued" || job?["state"] == "running") && ContinuousClock.now < patience
    switch job?["state"] {
    case "succeeded":
      made += 1
      let image = job?["image"]?.string ?? ""
      check(try result("image.data", "{\"image\":\"\(image)\"}")?["data"] != nil, "a picture has no file")
      check(job?["error"] == nil, "a picture that was made has an error: \(String(describing: job))")
    case "failed":
      crashed += 1
      check(job?["error"]?["data"]?["reason"] == "crashed", "it failed: \(String(describing: job?["error"]))")
      check(job?["image"] == nil, "a job that failed has a picture")
    default: check(false, "it is not over: \(String(describing: job))")
    }
  }

  /// What is left over is collected once it is an hour old; then every file has a row and every row its files.
  mutating func examineFiles() throws {
    let folder = talk.daemon.data + "/pictures"
    func files() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }
    }
    for file in try files() {
      var times = [timespec](repeating: timespec(), count: 2)
      times[0].tv_sec = time(nil) - 7200
      times[1] = times[0]
      check(unsafe utimensat(AT_FDCWD, "\(folder)/\(file)", times, 0) == 0, "a file's time cannot be set")
    }
    let collected = try result("image.collect", #"{"dryRun":false}"#)?["collection"]
    orphans = Int(collected?["orphans"]?.integer ?? -1)
    check(
      collected?["removed"] == collected?["orphans"],
      "not all was collected: \(String(describing: collected))")
    check(
      collected?["missing"]?.array?.isEmpty == true, "files are missing: \(String(describing: collected))")
    let stats = try result("image.stats")?["stats"]
    let lying = try files().count
    check(stats?["files"]?.integer == Int64(lying), "\(lying) files and \(String(describing: stats))")
    check(stats?["images"]?.integer == Int64(made), "\(made) made and \(String(describing: stats))")
    let incoming = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/incoming")) ?? []
    check(incoming.isEmpty, "half-written files are left: \(incoming)")
  }

  private mutating func check(_ isRight: Bool, _ what: String) { if !isRight { faults.append(what) } }
}
