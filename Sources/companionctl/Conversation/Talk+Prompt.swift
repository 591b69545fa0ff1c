/// The line that is typed, between what is said.
extension Talk {
  /// Only where somebody types, and only while it is their turn.
  func prompt() {
    if let editor = input.editor {
      // While others speak, only somebody who types needs to see their line.
      let isTheirTurn = running == nil && asked.isEmpty
      guard !hasPrompt, isTheirTurn || !editor.isEmpty else { return }
      promptLine.draw(editor, midLine: listening.view.isMidLine)
      hasPrompt = true
      return
    }
    guard input.isTerminal, invocation.out.isTerminal, !hasPrompt, running == nil, asked.isEmpty else {
      return
    }
    invocation.out.write(Array(invocation.out.styled("> ", .green).utf8))
    hasPrompt = true
  }

  /// Something is about to be printed where the prompt stands. What was typed behind it comes back with it.
  func clearPrompt() {
    guard hasPrompt else { return }
    if input.editor != nil {
      promptLine.erase()
      hasPrompt = false
      return
    }
    invocation.out.write(Array("\r\u{1B}[K".utf8))
    hasPrompt = false
  }

  /// Keys came, or lines.
  func typed() {
    input.read()
    guard input.editor != nil else { return }
    clearPrompt()
    while let wish = input.nextWish() {
      switch wish {
      case .suspend: RawTerminal.suspend()
      case .clearScreen: invocation.out.write(Array("\u{1B}[H\u{1B}[2J".utf8))
      case .changed, .line, .end: break
      }
    }
  }
}
