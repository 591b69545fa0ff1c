/// The loops in which scaling spends its time. Each checks once that what it is given is as long as it will reach.
enum RowKernels {
  /// Bytes as light.
  static func lights(of bytes: UnsafeBufferPointer<UInt8>, into out: UnsafeMutablePointer<Float>) {
    precondition(Tone.lights.count == 256)
    unsafe Tone.lights.withUnsafeBufferPointer { table in
      for index in 0..<bytes.count { unsafe out[index] = table[Int(bytes[index])] }
    }
  }

  /// Light as bytes; what is less than none or more than full is cut off.
  static func bytes(of lights: UnsafePointer<Float>, into out: UnsafeMutableBufferPointer<UInt8>) {
    precondition(Tone.bytes.count == Int(Tone.full) + 1)
    unsafe Tone.bytes.withUnsafeBufferPointer { table in
      for index in 0..<out.count {
        let value = unsafe min(max(lights[index], 0), Tone.full)
        // Above 2^23 a float has no fraction: adding it rounds, and leaves the number in the lowest bits.
        let whole = (value + 8_388_608).bitPattern & 0x3FFF
        unsafe out[index] = table[Int(whole)]
      }
    }
  }

  /// Adds up pixels that stand in one box across, onto what the rows above gave. The last box takes what is left.
  static func addBoxes(
    _ row: UnsafePointer<Float>, width: Int, channels: Int, across: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    for box in 0..<((width + across - 1) / across) {
      let end = min(width, (box + 1) * across)
      for channel in 0..<channels {
        var sum: Float = 0
        for pixel in (box * across)..<end { unsafe sum += row[pixel &* channels &+ channel] }
        unsafe sums[box &* channels &+ channel] += sum
      }
    }
  }

  /// The weighted sum of rows, number by number. Goes in steps of 16; the rows and `out` must be padded to that.
  static func combine(
    _ rows: UnsafeBufferPointer<UnsafePointer<Float>>, _ weights: UnsafePointer<Float>, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let out = UnsafeMutableRawPointer(out)
    var at = 0
    while at < count {
      var (one, two) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for tap in 0..<rows.count {
        let weight = unsafe weights[tap]
        let row = unsafe UnsafeRawPointer(rows[tap] + at)
        unsafe one += row.loadUnaligned(as: SIMD8<Float>.self) * weight
        unsafe two += row.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self) * weight
      }
      unsafe out.storeBytes(of: one, toByteOffset: at * 4, as: SIMD8<Float>.self)
      unsafe out.storeBytes(of: two, toByteOffset: at * 4 + 32, as: SIMD8<Float>.self)
      at += 16
    }
  }

  /// Each pixel of the result from its window of the row. For three channels a pixel is read together with the number behind it.
  static func narrow(
    _ row: UnsafePointer<Float>, _ kernel: KernelWeights, channels: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let taps = kernel.taps
    var weight = unsafe kernel.weights.start
    var out = unsafe out
    for start in kernel.starts {
      if channels == 3 {
        var (even, odd) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
        var pixel = unsafe UnsafeRawPointer(row + start * 3)
        var tap = 0
        while tap &+ 1 < taps {
          unsafe even += pixel.loadUnaligned(as: SIMD4<Float>.self) * weight[tap]
          unsafe odd += pixel.loadUnaligned(fromByteOffset: 12, as: SIMD4<Float>.self) * weight[tap &+ 1]
          unsafe pixel += 24
          tap &+= 2
        }
        if tap < taps { unsafe even += pixel.loadUnaligned(as: SIMD4<Float>.self) * weight[tap] }
        even += odd
        unsafe (out[0], out[1], out[2]) = (even.x, even.y, even.z)
      } else {
        var sum: Float = 0
        for tap in 0..<taps { unsafe sum += row[start &+ tap] * weight[tap] }
        unsafe out[0] = sum
      }
      unsafe weight += taps
      unsafe out += channels
    }
  }
}
