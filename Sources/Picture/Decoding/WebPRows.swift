import CWebP

/// Rows of a WebP. libwebp gives all of them or none, into memory of ours.
@safe final class WebPRows: RowReader {
  let width: Int
  let height: Int
  let layout: SampleLayout
  private var given = 0
  private var offered = 0
  private let bytes: UnsafeBufferPointer<UInt8>
  private let pixels: UnsafeMutableBufferPointer<UInt8>
  private let decoder: OpaquePointer

  /// What is decoded before somebody may change his mind.
  private static let piece = 64 << 10

  /// `bytes` outlive this.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ header: PictureHeader) throws(PictureError) {
    (width, height) = (header.storedWidth, header.storedHeight)
    layout = header.hasAlpha ? .colourAlpha : .colour
    let stride = width * layout.samples
    // Cleared: libwebp promises to fill them, and if it did not, it would be our memory that is shown.
    let pixels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: stride * height)
    unsafe pixels.initialize(repeating: 0)
    let mode = header.hasAlpha ? MODE_RGBA : MODE_RGB
    guard let decoder = unsafe WebPINewRGB(mode, pixels.baseAddress, pixels.count, Int32(stride)) else {
      unsafe pixels.deallocate()
      throw .noMemory
    }
    unsafe self.bytes = bytes
    unsafe self.pixels = pixels
    unsafe self.decoder = decoder
  }

  deinit {
    unsafe WebPIDelete(decoder)
    unsafe pixels.deallocate()
  }

  func absorb() throws(PictureError) -> Bool {
    offered = unsafe min(offered + Self.piece, bytes.count)
    switch unsafe WebPIUpdate(decoder, bytes.baseAddress, offered) {
    case VP8_STATUS_OK: return true
    case VP8_STATUS_SUSPENDED where unsafe offered < bytes.count: return false
    case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: throw .broken("The WebP ends early.")
    case VP8_STATUS_OUT_OF_MEMORY: throw .noMemory
    case VP8_STATUS_UNSUPPORTED_FEATURE: throw .unsupported("This WebP is of a kind that is not read here.")
    default: throw .broken("The WebP cannot be decoded.")
    }
  }

  func read(into row: inout [UInt8]) throws(PictureError) {
    let stride = width * layout.samples
    precondition(row.count >= stride && given < height)
    unsafe row.withUnsafeMutableBufferPointer { row in
      let part = unsafe UnsafeBufferPointer(rebasing: pixels[(given * stride)..<((given + 1) * stride)])
      _ = unsafe row.update(fromContentsOf: part)
    }
    given += 1
  }
}
