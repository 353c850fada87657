public import DownhillBase

/// An optimizer's rule: a small value that holds hyperparameters only. Its state lies beside the weights.
///
/// A rule says, for a gradient and the state, in which direction to go; how far (`rate`), how the weights decay
/// (`decay`), the memory and the threads are the driver's business. So one driver serves every rule and every wrapper,
/// and coupled, decoupled or later kinds of decay are the same slot.
public protocol Rule: Configurable, BitwiseCopyable {
  /// The parts of its state.
  associatedtype Part: StatePart

  /// The name on the command line.
  static var name: StaticString { get }
  /// What `downhill rules NAME` prints.
  static var about: RuleDescription { get }
  /// Its line in a catalogue. The default, made in the rule's own module, is specialised there.
  static var entry: RuleEntry { get }

  /// Rules of one kind keep parts of the same meaning under the same names; by default a kind of its own.
  static var stateKind: StaticString { get }

  /// The learning rate, η: as the user gives it.
  var learningRate: Double { get set }
  /// How the weights decay, with λ as it stands.
  var decay: WeightDecay { get }
  /// How they decay in step t = 1, 2, …: as ever, unless the rule's own text makes a difference.
  func decay(at step: Int) -> WeightDecay
  /// The factor of the direction in step t = 1, 2, …: η, unless the rule's own text changes it with t.
  func rate(at step: Int) -> Double
  /// Whether a part of the state is needed with these hyperparameters.
  func keeps(_ part: Part) -> Bool
  /// A part's shape for a tensor of weights; nil where the tensor has no such part.
  func shape(of part: Part, for weights: Shape) -> Shape?
  /// What a part of the state holds before the first step.
  func initialValue(of part: Part) -> Double
}

extension Rule {
  public static var stateKind: StaticString { name }
  public func decay(at step: Int) -> WeightDecay { decay }
  public func rate(at step: Int) -> Double { learningRate }
  public func keeps(_ part: Part) -> Bool { true }
  public func shape(of part: Part, for weights: Shape) -> Shape? { part.extent.shape(for: weights) }
  public func initialValue(of part: Part) -> Double { 0 }
}

/// A rule that treats each weight by itself.
///
/// `direction` reads like the paper. Over main memory it runs fused with decay and application, in one pass.
public protocol ElementwiseRule: Rule {
  /// What depends on the step and the hyperparameters only: computed once a step in Double, cast once.
  ///
  /// Float constants (1 − β above all) would lose more digits than the whole update.
  associatedtype Constants: BitwiseCopyable, Sendable

  /// The constants of step t = 1, 2, ….
  func constants(at step: Int) -> Constants
  /// The direction in which the weight goes: w ← w − rate · direction. Updates the state.
  /// - Parameters:
  ///   - g: The gradient, with coupled decay in it.
  ///   - w: The weight before the step.
  ///   - s: The state, by part.
  ///   - c: This step's constants.
  func direction<L: Lane>(_ g: L, at w: L, _ s: StateLane<L, Part>, _ c: Constants) -> L
}

/// An elementwise rule whose step is scaled by a number that depends on the whole tensor, as LAMB's trust ratio does.
public protocol TensorScaledRule: ElementwiseRule {
  /// The factor of this tensor's direction.
  /// - Parameters:
  ///   - weightNorm: ‖w‖₂ before the step.
  ///   - directionNorm: ‖d‖₂, decay included where the rule's decay is a part of the direction.
  func tensorScale(weightNorm: Double, directionNorm: Double) -> Double
}

/// How weights decay: a term of its own in the step.
public enum WeightDecay: Sendable, Equatable {
  case none
  /// λw is added to the gradient (L2 regularisation, coupled: it passes through the rule's moments).
  case inGradient(Double)
  /// λw is added to the direction before a tensor-wide scale is taken (LAMB).
  case inDirection(Double)
  /// w ← (1 − ηλ)w before the step (decoupled; PyTorch's AdamW).
  case before(Double)
  /// w ← (1 − ηλ)w after the step.
  case after(Double)
  /// The result of the step is multiplied by this factor, whatever it was made from (Adan, Fromage).
  case rescaled(Double)
}

/// What a reader wants to know of a rule; `downhill rules NAME` and the guides print it.
public struct RuleDescription: Sendable {
  /// What a rule does with gradients of 1e30 in Float, whose squares overflow.
  public enum HugeGradients: Sendable {
    /// Steps keep their usual size.
    case bounded
    /// The step grows with the gradient, and the weights go with it.
    case proportional
    /// The step grows with the gradient, though not in proportion: some of the rule's steps divide by its size, others
    /// do not.
    case grows
    /// The squared gradient becomes infinite and the weights concerned stop moving: finite, but stuck.
    case stalls
  }

  public let family: StaticString
  /// One sentence.
  public let summary: StaticString
  /// The equations, a line each, in the notation of this package: g gradient, w weight, η learning rate, λ decay.
  public let equation: StaticString
  /// Arithmetic operations a weight and step with default hyperparameters, a root or a division counted as one.
  public let flopsPerWeight: Int
  public let hugeGradients: HugeGradients
  /// Where it differs from PyTorch, or that it does not.
  public let differences: StaticString
  /// Papers and sources.
  public let references: [StaticString]

  public init(
    family: StaticString, summary: StaticString, equation: StaticString, flopsPerWeight: Int,
    hugeGradients: HugeGradients, differences: StaticString, references: [StaticString]
  ) {
    self.family = family
    self.summary = summary
    self.equation = equation
    self.flopsPerWeight = flopsPerWeight
    self.hugeGradients = hugeGradients
    self.differences = differences
    self.references = references
  }
}
