import FoundationEssentials
import Wire

/// Everything a run has found, for people and for programs.
struct Report {
  private let options: Options
  private let machine: Machine
  /// A column each: the programs measured beside the daemon, and what else a measurement set it beside.
  private var peers: [String]
  private var figures: [Figure] = []
  private var notes: [String]

  init(_ options: Options, machine: Machine, peers: [String], notes: [String]) {
    self.options = options
    self.machine = machine
    self.peers = peers
    self.notes = notes
    if machine.load > Double(machine.processors) {
      self.notes.append("The machine was busy with other things: take ratios, not times.")
    }
  }

  mutating func add(_ more: [Figure]) {
    figures += more
    for name in more.flatMap({ $0.values.map(\.subject) }) where name != "companiond" && !peers.contains(name)
    {
      peers.append(name)
    }
  }

  // MARK: For people

  func table() -> String {
    var rows = [["measured", "companiond"] + peers + ["ratio or value [least … most]", "figure", ""]]
    for figure in figures {
      let cells =
        [figure.name, cell(figure, "companiond")] + peers.map { cell(figure, $0) }
      let verdicts = figure.aims.compactMap { $0.judge(figure) }
      if verdicts.isEmpty { rows.append(cells + ["", "", ""]) }
      for (index, verdict) in verdicts.enumerated() {
        let lead = index == 0 ? cells : Array(repeating: "", count: cells.count)
        rows.append(lead + [spread(verdict.found), verdict.words, word(verdict.met)])
      }
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return ([heading] + lines + (notes.isEmpty ? [] : [""] + notes)).joined(separator: "\n")
  }

  private func cell(_ figure: Figure, _ subject: String) -> String {
    let values = figure.values(of: subject)
    return values.isEmpty ? "-" : "\(shown(values.median)) \(figure.unit.rawValue)"
  }

  private func spread(_ found: Spread) -> String {
    "\(shown(found.median)) [\(shown(found.least)) … \(shown(found.most))]"
  }

  private func word(_ met: Bool) -> String {
    options.rounds < 7 ? "too few rounds" : met ? "met" : "missed"
  }

  private var heading: String {
    """
    \(machine.processor), \(machine.processors) processors, Linux \(machine.kernel), load \(shown(machine.load)); \
    fork+exec \(shown(machine.forkExecMilliseconds)) ms, fdatasync \(shown(machine.fsyncMilliseconds)) ms
    \(options.rounds) rounds\(options.tenth ? " of a tenth" : ""), medians; measured programs on processor \
    \(options.cpus.subject), this one on \(options.cpus.bench)

    """
  }

  // MARK: For programs

  func json() throws -> String {
    let record = Record(
      at: Date().formatted(.iso8601), machine: machine, rounds: options.rounds, tenth: options.tenth,
      pinned: .init(subject: options.cpus.subject, bench: options.cpus.bench),
      figures: figures.map { figure in
        .init(
          name: figure.name, unit: figure.unit,
          values: Dictionary(figure.values.map { ($0.subject, Spread($0.values)) }) { first, _ in first },
          aims: figure.aims.compactMap { $0.judge(figure) }.map {
            .init(words: $0.words, found: $0.found, met: options.rounds < 7 ? nil : $0.met)
          })
      }, notes: notes)
    return String(decoding: try JSONText.encoder().encode(record), as: UTF8.self)
  }

  private struct Record: Encodable {
    struct Pinned: Encodable {
      let subject: Int
      let bench: Int
    }
    struct Entry: Encodable {
      let name: String
      let unit: Figure.Unit
      let values: [String: Spread]
      let aims: [Verdict]
    }
    struct Verdict: Encodable {
      let words: String
      let found: Spread
      /// Absent with too few rounds for a verdict.
      let met: Bool?
    }
    let at: String
    let machine: Machine
    let rounds: Int
    let tenth: Bool
    let pinned: Pinned
    let figures: [Entry]
    let notes: [String]
  }
}
