import Downhill
public import DownhillBase

/// The momentum of a matrix rule, and what of it is stepped along.
///
///     average   B ← μB + (1 − μ)G,  U = (1 − μ)G + μB with Nesterov, else B
///     sum       B ← μB + G,         U = G + μB with Nesterov, else B
///
/// The two U differ by the factor 1 − μ, which goes where U is normalised, as long as μ stays what it is.
public struct MatrixMomentum: Sendable, BitwiseCopyable, Equatable {
  public enum Form: KnobChoice, BitwiseCopyable {
    case average, sum

    public var knobName: StaticString {
      switch self {
      case .average: "ema"
      case .sum: "sum"
      }
    }
  }

  /// μ in [0, 1).
  public var rate: Double
  public var nesterov: Bool
  public var form: Form

  public init(_ rate: Double = 0.95, nesterov: Bool = true, form: Form = .average) {
    self.rate = rate
    self.nesterov = nesterov
    self.form = form
  }

  /// Takes the gradient, with λ times the weights in it, into the buffer.
  /// - Returns: Where U lies: in the target's memory with Nesterov, else in the buffer itself, which is not to be touched.
  func advance<Scalar: WeightScalar, Part: StatePart>(
    _ step: MatrixStep<Scalar, Part>, _ buffer: UnsafeMutablePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, coupledDecay: Double = 0
  ) -> UnsafePointer<Scalar> {
    let (gradient, weights) = (step.gradient, step.weights)
    let kept = Scalar(nearest: rate)
    let fresh = Scalar(nearest: form == .average ? 1 - rate : 1)
    let decay = Scalar(nearest: coupledDecay)
    let (looksAhead, isCoupled) = (nesterov, coupledDecay != 0)
    forEachPiece(of: step.shape.count, step.loop) { places in
      for place in places {
        let g = isCoupled ? gradient[place] + decay * weights[place] : gradient[place]
        let b = kept * buffer[place] + fresh * g
        buffer[place] = b
        if looksAhead { target[place] = fresh * g + kept * b }
      }
    }
    return UnsafePointer(looksAhead ? target : buffer)
  }
}

/// Runs a loop over numbers in pieces, on as many workers as there are.
@inline(__always)
func forEachPiece(of count: Int, _ loop: LoopBody, _ body: (Range<Int>) -> Void) {
  let length = 1 << 14
  if count <= length {
    body(0..<count)
    return
  }
  loop.forEach((count + length - 1) / length) { index, _ in
    body(index * length..<min(count, (index + 1) * length))
  }
}
