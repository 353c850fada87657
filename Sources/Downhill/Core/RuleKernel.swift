public import DownhillBase

/// A rule behind closures that were specialised for one type of number where the rule was known.
///
/// What a step needs of the rule (hyperparameters after the schedules, constants) is written into a *slot*, memory of the
/// optimizer's, so that the closures themselves hold nothing that changes and a copied optimizer shares nothing.
public struct RuleKernel<Scalar: WeightScalar>: Sendable {
  /// How a rule reaches its direction.
  @usableFromInline
  enum Body: Sendable {
    case elementwise(ElementwiseBody<Scalar>)
    case matrix(MatrixBody<Scalar>)
  }

  @usableFromInline let slotSize: Int
  /// Writes the slot of step t from the values of the knobs.
  @usableFromInline let prepare: @Sendable (UnsafePointer<Double>, Int, UnsafeMutableRawPointer) -> StepTerms
  @usableFromInline let body: Body

  @inlinable
  init(
    slotSize: Int, prepare: @escaping @Sendable (UnsafePointer<Double>, Int, UnsafeMutableRawPointer) -> StepTerms,
    body: Body
  ) {
    self.slotSize = slotSize
    self.prepare = prepare
    self.body = body
  }
}

extension RuleKernel {
  var usesCurvature: Bool {
    if case .elementwise(let body) = body { body.curvature != nil } else { false }
  }
}

/// The closures of an elementwise rule over a chunk.
@usableFromInline
struct ElementwiseBody<Scalar: LaneScalar>: Sendable {
  /// Direction, decay and application in one pass.
  @usableFromInline let step: @Sendable (UnsafeRawPointer, Chunk<Scalar>, StepTerms) -> Void
  /// The direction alone; and the sums of w² and d² added up, where there is a place for them.
  @usableFromInline let direction: Direction
  /// The factor of the direction from ‖w‖ and ‖d‖, where the rule wants one.
  @usableFromInline let tensorScale: (@Sendable (UnsafeRawPointer, Double, Double) -> Double)?
  /// What is measured before the step, where the rule wants that.
  @usableFromInline let measuring: MeasuringBody<Scalar>?
  /// The weights to evaluate from those that are trained, by the values of the knobs, where they differ.
  @usableFromInline let evaluation: Evaluation?
  /// Takes note of a curvature, which stands for the gradient of the chunk, where the rule wants one.
  @usableFromInline let curvature: CurvatureBody<Scalar>?

  @usableFromInline typealias Evaluation =
    @Sendable ([Double], Chunk<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  @usableFromInline typealias Direction =
    @Sendable (
      UnsafeRawPointer, Chunk<Scalar>, StepTerms, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Double>?
    ) -> Void

  @inlinable
  init(
    step: @escaping @Sendable (UnsafeRawPointer, Chunk<Scalar>, StepTerms) -> Void,
    direction: @escaping Direction,
    tensorScale: (@Sendable (UnsafeRawPointer, Double, Double) -> Double)?,
    measuring: MeasuringBody<Scalar>?, evaluation: Evaluation?, curvature: CurvatureBody<Scalar>?
  ) {
    self.step = step
    self.direction = direction
    self.tensorScale = tensorScale
    self.measuring = measuring
    self.evaluation = evaluation
    self.curvature = curvature
  }
}

/// The closures of a matrix rule over a whole tensor.
@usableFromInline
struct MatrixBody<Scalar: WeightScalar>: Sendable {
  /// The bytes of scratch memory that a tensor of a shape takes.
  @usableFromInline let workspaceSize: @Sendable ([Double], Shape, MatrixMachine<Scalar>) -> Int
  /// What a processor chose for a shape, where it does.
  @usableFromInline let algorithm: @Sendable ([Double], Shape, MatrixMachine<Scalar>) -> String?
  @usableFromInline let direction:
    @Sendable (
      UnsafeRawPointer, Int, Chunk<Scalar>, MatrixPlace<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutableRawPointer
    ) -> Void

  @inlinable
  init(
    workspaceSize: @escaping @Sendable ([Double], Shape, MatrixMachine<Scalar>) -> Int,
    algorithm: @escaping @Sendable ([Double], Shape, MatrixMachine<Scalar>) -> String?,
    direction:
      @escaping @Sendable (
        UnsafeRawPointer, Int, Chunk<Scalar>, MatrixPlace<Scalar>, UnsafeMutablePointer<Scalar>,
        UnsafeMutableRawPointer
      ) -> Void
  ) {
    self.workspaceSize = workspaceSize
    self.algorithm = algorithm
    self.direction = direction
  }
}

extension RuleKernel {
  /// An elementwise rule's kernel; specialised where `R` is known.
  @inlinable
  init<R: ElementwiseRule>(
    _: R.Type, tensorScale: (@Sendable (UnsafeRawPointer, Double, Double) -> Double)? = nil,
    measuring: MeasuringBody<Scalar>? = nil, evaluation: ElementwiseBody<Scalar>.Evaluation? = nil,
    curvature: CurvatureBody<Scalar>? = nil
  ) {
    let knobs = R.knobs
    self.init(
      slotSize: MemoryLayout<Prepared<R>>.stride,
      prepare: { values, step, slot in
        let rule = R(values, knobs)
        slot.storeBytes(of: Prepared(rule, at: step), as: Prepared<R>.self)
        return StepTerms(rule, at: step)
      },
      body: .elementwise(
        ElementwiseBody(
          step: { slot, chunk, terms in slot.load(as: Prepared<R>.self).step(chunk, terms) },
          direction: { slot, chunk, terms, target, squares in
            slot.load(as: Prepared<R>.self).direction(chunk, terms, into: target, squares: squares)
          },
          tensorScale: tensorScale, measuring: measuring, evaluation: evaluation, curvature: curvature)))
  }

  /// A kernel of a rule that measures before its step.
  @inlinable
  init<R: MeasuringRule>(measuring _: R.Type) { self.init(R.self, measuring: MeasuringBody(R.self)) }

  /// A kernel of a rule whose weights are evaluated elsewhere than they are trained.
  @inlinable
  init<R: AveragingRule>(averaging _: R.Type) { self.init(R.self, evaluation: R.evaluation()) }

  /// A kernel of a rule that takes curvatures.
  @inlinable
  init<R: CurvatureRule>(curved _: R.Type) { self.init(R.self, curvature: CurvatureBody(R.self)) }

  /// A kernel of a rule that is scaled tensor by tensor.
  @inlinable
  init<R: TensorScaledRule>(scaled _: R.Type) {
    self.init(
      R.self,
      tensorScale: { slot, weightNorm, directionNorm in
        slot.load(as: Prepared<R>.self).rule.tensorScale(weightNorm: weightNorm, directionNorm: directionNorm)
      })
  }

  /// A matrix rule's kernel.
  @inlinable
  init<R: MatrixRule>(matrix _: R.Type) {
    let knobs = R.knobs
    self.init(
      slotSize: MemoryLayout<R>.stride,
      prepare: { values, step, slot in
        let rule = R(values, knobs)
        slot.storeBytes(of: rule, as: R.self)
        return StepTerms(rule, at: step)
      },
      body: .matrix(
        MatrixBody(
          workspaceSize: { values, shape, machine in R(values, knobs).workspaceSize(for: shape, on: machine) },
          algorithm: { values, shape, machine in R(values, knobs).algorithm(for: shape, on: machine) },
          direction: { slot, step, tensor, place, target, workspace in
            slot.load(as: R.self).direction(
              MatrixStep(tensor, at: step, place, into: target, workspace: workspace))
          })))
  }
}

extension Configurable {
  /// The value whose knobs, in their order, stand in `values`.
  @inlinable
  init(_ values: [Double], _ knobs: [Knob<Self>]) {
    self.init()
    for (knob, value) in zip(knobs, values) { knob.write(&self, value) }
  }

  /// The value whose knobs, in their order, stand at `values`.
  @inlinable
  init(_ values: UnsafePointer<Double>, _ knobs: [Knob<Self>]) {
    self.init()
    for index in 0..<knobs.count { knobs[index].write(&self, values[index]) }
  }
}
