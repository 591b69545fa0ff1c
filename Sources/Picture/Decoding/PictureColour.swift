/// A colour as on a screen.
package struct PictureColour: Sendable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  package static let white = Self(red: 255, green: 255, blue: 255)

  var isGrey: Bool { red == green && green == blue }
}
