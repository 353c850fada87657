import DownhillBase
import DownhillFiles

extension TensorData {
  /// The numbers of a floating-point tensor of 16, 32 or 64 bits, exactly; nothing for other types.
  var wideValues: [Double] {
    switch type {
    case .float64: numbers(of: UInt64.self) { Double(bitPattern: $0) }
    case .float32: numbers(of: UInt32.self) { Double(Float(bitPattern: $0)) }
    case .bfloat16: numbers(of: UInt16.self) { Double(BFloat16(bitPattern: $0).wide) }
    case .float16: numbers(of: UInt16.self, Self.half)
    default: []
    }
  }

  /// A tensor may begin at any byte of a file.
  private func numbers<Bits: FixedWidthInteger & BitwiseCopyable>(
    of _: Bits.Type, _ number: (Bits) -> Double
  ) -> [Double] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Bits>.size).map { place in
        number(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Bits.self)))
      }
    }
  }

  /// IEEE 754's binary16: 5 bits of exponent, 10 of the fraction. Swift's own is not on every platform.
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let size: Double =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
      }
    return bits >> 15 == 0 ? size : -size
  }
}
