import Glibc

/// Why the process ends before or instead of serving: a sentence for the person, a status for the service manager.
struct Refusal: Error {
  enum Status: Int32 {
    case usage = 64
    /// Another daemon has the socket or the data.
    case taken = 69
    case fault = 70
    /// The disk is full or does not answer: the next start may find it better.
    case storage = 75
    /// The configuration or the data cannot be used as they are.
    case configuration = 78
  }

  let status: Status
  let sentence: String

  init(_ status: Status, _ sentence: String) {
    self.status = status
    self.sentence = sentence
  }
}

/// Writes to a descriptor whatever it takes; a closed standard output is nobody's concern.
func print(_ text: String, to descriptor: Int32) {
  let bytes = Array((text + "\n").utf8)
  unsafe write(descriptor, bytes, bytes.count)
}

func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
