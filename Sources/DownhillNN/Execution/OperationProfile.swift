/// What one operation of a program took in one direction, over all passes since the profile began.
public struct OperationProfile: Sendable {
  /// What it is, such as `linear`.
  public let kind: String
  /// The first value that is computed from another, and what is made of it, such as `12×64×128 → 12×64×384`.
  public let shape: String
  public let isBackward: Bool
  public let seconds: Double
  public let passes: Int
  /// Floating-point operations of its products in one pass, as their definition counts them.
  public let productFlops: Double
  /// Of what one pass reads and writes: values, parameters and gradients, each once.
  public let bytes: Double
}

/// Takes the time of every operation.
final class ProfileRecorder {
  private var seconds: [Double]
  private(set) var forwardPasses = 0
  private(set) var backwardPasses = 0

  init(operations: Int) { seconds = Array(repeating: 0, count: 2 * operations) }

  func beginForward() { forwardPasses += 1 }
  func beginBackward() { backwardPasses += 1 }

  func time(_ operation: Int, isBackward: Bool, _ body: () -> Void) {
    seconds[2 * operation + (isBackward ? 1 : 0)] += ContinuousClock().measure(body) / .seconds(1)
  }

  func seconds(of operation: Int, isBackward: Bool) -> Double { seconds[2 * operation + (isBackward ? 1 : 0)] }
}

extension Tape {
  /// Its kind in words, by the name of its type.
  func kind(of operation: any Operation) -> String {
    "\(type(of: operation))".reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text += " " }
      text += letter.lowercased()
    }
  }

  /// The first input that is no parameter, and the first output.
  func shapes(of operation: any Operation) -> String {
    let input = operation.inputs.first {
      if case .parameter = values[$0.index].kind { false } else { true }
    }
    let parts = [input ?? operation.inputs.first, operation.outputs.first].compactMap { value in
      value.map { shape(of: $0).dimensions.map(String.init).joined(separator: "×") }
    }
    return parts.map { $0.isEmpty ? "1" : $0 }.joined(separator: " → ")
  }

  /// Of a pass forward, every value once.
  func bytes(of operation: any Operation) -> Double { bytes(operation.inputs + operation.outputs) }

  /// Of a pass backward: what it reads, the gradients of the results, and those that are wanted.
  func bytesBackward(of operation: any Operation, _ wants: (Value) -> Bool) -> Double {
    let gradients = operation.inputs.filter(wants) + operation.outputs.filter(wants)
    return bytes(operation.readsBackward) + bytes(gradients)
  }

  private func bytes(_ values: [Value]) -> Double {
    values.reduce(0) { $0 + 4 * Double(storedCount(of: $1)) }
  }
}
