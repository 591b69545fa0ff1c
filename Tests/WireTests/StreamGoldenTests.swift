import Base
import Model
import Testing
import Wire

/// The bytes of what a conversation looks like on the wire.
@Suite struct StreamGoldenTests {
  @Test func `a piece of a stream written by hand is what the encoder writes`() throws {
    var texts = [
      String(decoding: 0...127 as ClosedRange<UInt8>, as: UTF8.self), "é日𝄞\u{2028}\u{10FFFF}", "\"\\/",
    ]
    texts.append("")
    for text in texts {
      for kind in [nil, StreamDelta.Kind.reasoning] {
        let params = StreamDelta.Params(
          turn: StreamDelta.example.turn, from: 7, next: 7 + Int64(text.utf8.count), text: text, kind: kind)
        let byHand = StreamDelta.line(params)
        let encoded = try MessageLine.notification(StreamDelta.self, params)
        let (hand, whole) = (
          String(decoding: byHand, as: UTF8.self), String(decoding: encoded, as: UTF8.self)
        )
        #expect(try json(hand) == json(whole))
        #expect(byHand.last == UInt8(ascii: "\n") && byHand.dropLast().allSatisfy { $0 >= 0x20 })
        if kind == nil, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { #expect(hand == whole) }
      }
    }
  }

  @Test func `streams`() throws {
    let id = StreamDelta.example.turn
    try checkCoding(
      StreamDelta.Params(turn: id, from: 0, next: 2, text: "é"),
      #"{"from":0,"next":2,"text":"é","turn":"\#(id)"}"#)
    try checkCoding(
      StreamDelta.Params(turn: id, from: 0, next: 1, text: "h", kind: .reasoning),
      #"{"from":0,"kind":"reasoning","next":1,"text":"h","turn":"\#(id)"}"#)
    try checkCoding(
      TurnPhaseNotification.Params(turn: id, phase: .saving, detail: "storage_full"),
      #"{"detail":"storage_full","phase":"saving","turn":"\#(id)"}"#)
    try checkCoding(TurnAttach.Params(turn: id), #"{"turn":"\#(id)"}"#)
    try checkCoding(
      TurnAttach.Params(turn: id, from: 3, reasoning: true), #"{"from":3,"reasoning":true,"turn":"\#(id)"}"#)
    try checkCoding(TurnWait.Params(turn: id, until: .done), #"{"turn":"\#(id)","until":"done"}"#)
    try checkCoding(
      ChatFollow.Params(chat: id, turn: id, from: 1), #"{"chat":"\#(id)","from":1,"turn":"\#(id)"}"#)
  }

  @Test func `a send says only what it wants`() throws {
    let id = StreamDelta.example.turn
    try checkCoding(MessageSend.Params(chat: id, text: "x"), #"{"chat":"\#(id)","text":"x"}"#)
    try checkCoding(
      MessageSend.Params(
        companion: "ada", text: "x", leaf: id, model: "m", respond: true, attach: false, wait: true,
        onStale: .follow),
      #"{"attach":false,"companion":"ada","leaf":"\#(id)","model":"m","onStale":"follow","respond":true,"text":"x","wait":true}"#
    )
    try checkCoding(MessageSend.Stale(tip: id), #"{"tip":"\#(id)"}"#)
  }

  @Test func `parts of a message keep what they are`() throws {
    let id = StreamDelta.example.turn
    try checkCoding(
      [
        Part.text("a"), .image(id), .context(kind: "file", title: "t", text: "c"),
        .other(["type": "later", "x": 1]),
      ],
      #"[{"text":"a","type":"text"},{"image":"\#(id)","type":"image"},{"kind":"file","text":"c","title":"t","type":"context"},{"type":"later","x":1}]"#
    )
  }
}
