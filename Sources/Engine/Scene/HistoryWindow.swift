/// Which of a branch's lines a prompt gets. The beginning moves in steps: it stays where it is until the window is full, and is then
/// cut well below, so that most requests begin like the one before.
package struct HistoryWindow: Sendable, Hashable {
  /// More than this many lines are never sent.
  package var most: Int
  /// What is left after a cut.
  package var kept: Int

  package init(most: Int = 20) {
    self.most = max(1, most)
    kept = max(1, most * 3 / 5)
  }

  /// Where the window begins, counted from the root, for a branch of `count` lines that the last prompt began at `start`.
  package func start(after start: Int, count: Int) -> Int {
    // A branch that got shorter (a switch, a deletion) may lie before the old start.
    if start >= count { return max(0, count - kept) }
    return count - start > most ? count - kept : start
  }
}
