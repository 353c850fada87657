public import DownhillBase

/// A matrix problem as a catalogue lists it: its description, its knobs as data, and how its loss is made.
public struct MatrixProblemEntry: SpecEntry {
  public let name: StaticString
  /// One sentence.
  public let summary: StaticString
  /// The formula as plain text.
  public let equation: StaticString
  public let knobs: [KnobDescription]
  public let conflict: @Sendable (_ values: [Double]) -> StaticString?
  /// The loss in single precision, with these values of the knobs, in their order.
  public let float: @Sendable (_ knobValues: [Double], _ seed: UInt64) throws(KnobError) -> MatrixLoss<Float>
  /// The loss in double precision.
  public let double: @Sendable (_ knobValues: [Double], _ seed: UInt64) throws(KnobError) -> MatrixLoss<Double>

  init<P: MatrixProblem>(_: P.Type) {
    name = P.name
    summary = P.summary
    equation = P.equation
    knobs = P.knobs.map { $0.description }
    conflict = { values in
      var problem = P()
      for (knob, value) in zip(P.knobs, values) { knob.write(&problem, value) }
      return problem.conflict
    }
    float = { (values: [Double], seed: UInt64) throws(KnobError) -> MatrixLoss<Float> in
      try P(knobValues: values).makeLoss(of: Float.self, seed: seed)
    }
    double = { (values: [Double], seed: UInt64) throws(KnobError) -> MatrixLoss<Double> in
      try P(knobValues: values).makeLoss(of: Double.self, seed: seed)
    }
  }
}

/// The matrix problems that can be asked for by name.
public enum MatrixProblemCatalogue {
  /// In the order in which they are listed.
  public static var standard: [MatrixProblemEntry] {
    [
      MatrixProblemEntry(MatrixLeastSquares.self),
      MatrixProblemEntry(MatrixFactorization.self),
      MatrixProblemEntry(AssociativeMemory.self),
    ]
  }
}
