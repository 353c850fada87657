public import DownhillBase

/// A rule as a catalogue lists it: its description, its knobs as data, and its kernels.
public struct RuleEntry: Sendable {
  /// A part of the state, and what it holds before the first step.
  public struct Part: Sendable {
    public let name: StaticString
    /// Whether it is kept with the hyperparameters that were asked about.
    public let isKept: Bool
    public let initialValue: Double
    /// What one number of it belongs to.
    public let extent: StateExtent
    /// Whether it is written in the first step alone.
    public let isFixed: Bool
    /// Its shape for a tensor of weights; nil where the tensor has no such part.
    public let shape: @Sendable (_ weights: Shape) -> Shape?

    @usableFromInline
    init(
      name: StaticString, isKept: Bool, initialValue: Double, extent: StateExtent, isFixed: Bool,
      shape: @escaping @Sendable (_ weights: Shape) -> Shape?
    ) {
      self.name = name
      self.isKept = isKept
      self.initialValue = initialValue
      self.extent = extent
      self.isFixed = isFixed
      self.shape = shape
    }
  }

  public let name: StaticString
  public let about: RuleDescription
  public let knobs: [KnobDescription]
  /// Rules of one kind keep parts of the same meaning under the same names.
  public let stateKind: StaticString
  /// Whether it treats each weight by itself.
  public let isElementwise: Bool
  /// Whether it takes tensors of every shape, or matrices alone.
  public let takesVectors: Bool
  /// The parts of the state with these values of the knobs, in the order of their raw values.
  public let parts: @Sendable (_ values: [Double]) -> [Part]

  /// Why these values of the knobs do not go together, if they do not.
  public let conflict: @Sendable (_ values: [Double]) -> StaticString?

  /// Whether it divides by curvatures that the caller hands over.
  public var usesCurvature: Bool { float.usesCurvature }

  let float: RuleKernel<Float>
  let double: RuleKernel<Double>

  @usableFromInline
  init(
    name: StaticString, about: RuleDescription, knobs: [KnobDescription], stateKind: StaticString, isElementwise: Bool,
    takesVectors: Bool, parts: @escaping @Sendable (_ values: [Double]) -> [Part],
    conflict: @escaping @Sendable (_ values: [Double]) -> StaticString?,
    float: RuleKernel<Float>, double: RuleKernel<Double>
  ) {
    self.name = name
    self.about = about
    self.knobs = knobs
    self.stateKind = stateKind
    self.isElementwise = isElementwise
    self.takesVectors = takesVectors
    self.parts = parts
    self.conflict = conflict
    self.float = float
    self.double = double
  }

  @inlinable
  init<R: Rule>(
    _: R.Type, isElementwise: Bool, takesVectors: Bool = true, float: RuleKernel<Float>, double: RuleKernel<Double>
  ) {
    let knobs = R.knobs
    self.init(
      name: R.name, about: R.about, knobs: knobs.map { $0.description }, stateKind: R.stateKind,
      isElementwise: isElementwise, takesVectors: takesVectors,
      parts: { values in
        let rule = R(values, knobs)
        return R.Part.allCases.map { part in
          Part(
            name: part.name, isKept: rule.keeps(part), initialValue: rule.initialValue(of: part),
            extent: part.extent, isFixed: part.isFixed, shape: { rule.shape(of: part, for: $0) })
        }
      },
      conflict: { values in R(values, knobs).conflict },
      float: float, double: double)
  }
}

extension ElementwiseRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(Self.self, isElementwise: true, float: RuleKernel(Self.self), double: RuleKernel(Self.self))
  }
}

extension TensorScaledRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: true, float: RuleKernel(scaled: Self.self), double: RuleKernel(scaled: Self.self))
  }
}

extension MeasuringRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: true, float: RuleKernel(measuring: Self.self), double: RuleKernel(measuring: Self.self))
  }
}

extension AveragingRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: true, float: RuleKernel(averaging: Self.self), double: RuleKernel(averaging: Self.self))
  }
}

extension MeasuringRule where Self: AveragingRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: true,
      float: RuleKernel(Self.self, measuring: MeasuringBody(Self.self), evaluation: evaluation()),
      double: RuleKernel(Self.self, measuring: MeasuringBody(Self.self), evaluation: evaluation()))
  }
}

extension CurvatureRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: true, float: RuleKernel(curved: Self.self), double: RuleKernel(curved: Self.self))
  }
}

extension MatrixRule {
  @inlinable
  public static var entry: RuleEntry {
    RuleEntry(
      Self.self, isElementwise: false, takesVectors: takesVectors, float: RuleKernel(matrix: Self.self),
      double: RuleKernel(matrix: Self.self))
  }
}
