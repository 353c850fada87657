import DownhillBase

/// Normally distributed numbers.
func gaussian(_ count: Int, seed: UInt64) -> [Float] {
  let random = CounterRandom(seed: seed)
  return (0..<count).map { Float(random.normal(at: UInt64($0))) }
}
