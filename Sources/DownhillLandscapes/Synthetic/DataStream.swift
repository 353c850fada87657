/// The streams of random numbers that this module draws from, so that one seed serves data, split and everything else
/// without any two sharing a number. Programs that use the same seed keep to streams below these.
enum DataStream {
  static let inputs: UInt64 = 0xDA7A_0000
  static let weights: UInt64 = 0xDA7A_0001
  static let noise: UInt64 = 0xDA7A_0002
  static let directions: UInt64 = 0xDA7A_0003
  static let split: UInt64 = 0xDA7A_0004
  static let start: UInt64 = 0xDA7A_0005
  /// The bases of the matrices of matrix problems: two streams each.
  static let leftBases: UInt64 = 0xDA7A_0010
  static let rightBases: UInt64 = 0xDA7A_0012
  static let keys: UInt64 = 0xDA7A_0014
  static let values: UInt64 = 0xDA7A_0015
}
