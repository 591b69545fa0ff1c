import Base
import Model
import Store

/// The lines of a branch that a prompt tells. Where they begin is kept with the turn that was told them, so that the next turn on the
/// same branch begins at the same line, and a provider's cache of the beginning holds.
struct ToldHistory: Sendable {
  /// Visible ones, the oldest first.
  private(set) var lines: [BranchLine]
  /// Visible lines of the branch before them, as far as they were looked at.
  private(set) var omitted: Int

  /// What a branch tells when one more line comes. On a reader's thread.
  static func read(_ snapshot: some Reading, _ chat: Chat, upTo leaf: ULID) throws -> ToldHistory {
    let window = HistoryWindow(most: chat.settings.contextMessages ?? PromptDefaults().contextMessages)
    // Twice as much as is told, for hidden lines among them.
    let page = try snapshot.lines(upTo: leaf, limit: window.most * 2 + 8)
    let visible = page.lines.filter { !$0.hidden && !$0.text.isEmpty }
    let known = try start(of: page.lines, among: visible, snapshot)
    // Of a branch that is longer than the page, what lies before it cannot have been the beginning.
    let start =
      known == nil && page.more
      ? max(0, visible.count + 1 - window.kept) : window.start(after: known ?? 0, count: visible.count + 1)
    return ToldHistory(
      lines: Array(visible.dropFirst(start)), omitted: chat.messages - (visible.count - start))
  }

  /// Where the newest reply's prompt began, when that line is still on the branch.
  private static func start(
    of lines: [BranchLine], among visible: [BranchLine], _ snapshot: some Reading
  ) throws -> Int? {
    for line in lines.reversed() {
      guard line.role == .assistant, let turn = line.turn else { continue }
      guard let name = try snapshot.turn(turn).request?["window"]?.string else { continue }
      return visible.firstIndex { $0.id.description == name }
    }
    return nil
  }
}
