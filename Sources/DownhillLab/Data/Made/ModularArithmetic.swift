public import DownhillBase

/// All sums, differences or products of two numbers modulo a prime, part of them held out: a set on which networks learn
/// by heart long before they understand (Power et al. 2022, *Grokking*, arXiv:2201.02177).
///
/// A sample is the four tokens a, ∘, b, = and asks for the result behind the last of them. Tokens are the numbers
/// 0 ..< modulus, then ∘, then =.
public struct ModularArithmetic: Configurable {
  /// What is computed.
  public enum Operation: KnobChoice {
    case add
    case subtract
    case multiply

    public var knobName: StaticString {
      switch self {
      case .add: "add"
      case .subtract: "subtract"
      case .multiply: "multiply"
      }
    }
  }

  public var modulus = 97
  public var operation = Operation.add

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .integer("modulus", in: KnobRange(3, 2000), "The modulus.", { $0.modulus }, { $0.modulus = $1 }),
      .choice("operation", "What is computed.", { $0.operation }, { $0.operation = $1 }),
    ]
  }

  /// Four tokens a sample, in the order of a, then b, and what is asked behind each of them.
  func make() -> (tokens: [Int32], targets: [Int32]) {
    var (tokens, targets) = ([Int32](), [Int32]())
    for a in 0..<modulus {
      for b in 0..<modulus {
        let result =
          switch operation {
          case .add: (a + b) % modulus
          case .subtract: (a - b + modulus) % modulus
          case .multiply: a * b % modulus
          }
        tokens += [Int32(a), Int32(modulus), Int32(b), Int32(modulus + 1)]
        targets += [-1, -1, -1, Int32(result)]
      }
    }
    return (tokens, targets)
  }
}
