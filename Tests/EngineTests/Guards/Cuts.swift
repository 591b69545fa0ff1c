/// The same text as a provider may cut it: whole, scalar by scalar, and in two at every place.
enum Cuts {
  static func of(_ text: String) -> [[String]] {
    let scalars = Array(text.unicodeScalars)
    func piece(_ range: Range<Int>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[range])
      return String(view)
    }
    return [[text], scalars.map { String($0) }]
      + scalars.indices.map { [piece(0..<$0), piece($0..<scalars.count)] }
  }
}
