import Glibc

/// Between what a screen is told and how much light it gives. Averages are only right of light: a fine pattern of black and white must
/// become the grey that it looks like from afar.
enum Tone {
  /// Full light. Rounding to whole numbers is then finer than a fifth of a step even in the darkest tones.
  static let full: Float = 16_383

  /// sRGB's curve, both from 0 to 1.
  static func light(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  static func display(_ light: Double) -> Double {
    light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
  }

  /// Of each byte its light, 0 to `full`.
  static let lights: [Float] = (0...255).map { Float(light(Double($0) / 255) * Double(full)) }
  /// Of each amount of light its byte.
  static let bytes: [UInt8] = (0...Int(full)).map {
    UInt8((display(Double($0) / Double(full)) * 255).rounded())
  }
}
