public import DownhillBase

/// A number that optimizers run on: `Float` or `Double`.
public protocol WeightScalar: LaneScalar {
  /// This number's kernel of a rule.
  static func kernel(of entry: RuleEntry) -> RuleKernel<Self>
  /// This number's kernel of a wrapper.
  static func kernel(of entry: WrapperEntry) -> WrapperKernel<Self>
  /// This number's kernel of a perturbation.
  static func kernel(of entry: PerturbationEntry) -> PerturbationKernel<Self>
  /// Matrix products and decompositions in plain Swift.
  static var plainMachine: MatrixMachine<Self> { get }
  /// Products of numbers in Float beside a machine for this number: that one where it is for Float, else plain Swift.
  static func floatMachine(beside machine: MatrixMachine<Self>) -> MatrixMachine<Float>
  /// The same in Double.
  static func doubleMachine(beside machine: MatrixMachine<Self>) -> MatrixMachine<Double>
  /// One step; here so that it is specialised for this number.
  static func step(
    _ storage: OptimizerStorage<Self>, _ tensors: UnsafePointer<TensorPointers<Self>>, _ loop: LoopBody)
  /// The sum of the squares of all gradients as they come in; here for the same reason.
  static func squares(
    _ storage: OptimizerStorage<Self>, _ tensors: UnsafePointer<TensorPointers<Self>>, _ loop: LoopBody
  ) -> Double
  /// Moves weights uphill; here for the same reason.
  static func perturb(
    _ storage: PerturbationStorage<Self>, _ tensors: UnsafePointer<TensorPointers<Self>>, at step: Int,
    _ loop: LoopBody)
  /// Puts them back.
  static func restore(
    _ storage: PerturbationStorage<Self>, _ tensors: UnsafePointer<TensorPointers<Self>>, _ loop: LoopBody)
}

extension Float: WeightScalar {
  public static func kernel(of entry: RuleEntry) -> RuleKernel<Float> { entry.float }
  public static func kernel(of entry: WrapperEntry) -> WrapperKernel<Float> { entry.float }
  public static func kernel(of entry: PerturbationEntry) -> PerturbationKernel<Float> { entry.float }
  public static var plainMachine: MatrixMachine<Float> { .plain }
  public static func floatMachine(beside machine: MatrixMachine<Float>) -> MatrixMachine<Float> { machine }
  public static func doubleMachine(beside machine: MatrixMachine<Float>) -> MatrixMachine<Double> { .plain }
  public static func step(
    _ storage: OptimizerStorage<Float>, _ tensors: UnsafePointer<TensorPointers<Float>>, _ loop: LoopBody
  ) { storage.step(tensors, loop) }
  public static func squares(
    _ storage: OptimizerStorage<Float>, _ tensors: UnsafePointer<TensorPointers<Float>>, _ loop: LoopBody
  ) -> Double { storage.gradientSquares(tensors, loop) }
  public static func perturb(
    _ storage: PerturbationStorage<Float>, _ tensors: UnsafePointer<TensorPointers<Float>>, at step: Int,
    _ loop: LoopBody
  ) { storage.perturb(tensors, at: step, loop) }
  public static func restore(
    _ storage: PerturbationStorage<Float>, _ tensors: UnsafePointer<TensorPointers<Float>>, _ loop: LoopBody
  ) { storage.restore(tensors, loop) }
}

extension Double: WeightScalar {
  public static func kernel(of entry: RuleEntry) -> RuleKernel<Double> { entry.double }
  public static func kernel(of entry: WrapperEntry) -> WrapperKernel<Double> { entry.double }
  public static func kernel(of entry: PerturbationEntry) -> PerturbationKernel<Double> { entry.double }
  public static var plainMachine: MatrixMachine<Double> { .plain }
  public static func floatMachine(beside machine: MatrixMachine<Double>) -> MatrixMachine<Float> { .plain }
  public static func doubleMachine(beside machine: MatrixMachine<Double>) -> MatrixMachine<Double> { machine }
  public static func step(
    _ storage: OptimizerStorage<Double>, _ tensors: UnsafePointer<TensorPointers<Double>>, _ loop: LoopBody
  ) { storage.step(tensors, loop) }
  public static func squares(
    _ storage: OptimizerStorage<Double>, _ tensors: UnsafePointer<TensorPointers<Double>>, _ loop: LoopBody
  ) -> Double { storage.gradientSquares(tensors, loop) }
  public static func perturb(
    _ storage: PerturbationStorage<Double>, _ tensors: UnsafePointer<TensorPointers<Double>>, at step: Int,
    _ loop: LoopBody
  ) { storage.perturb(tensors, at: step, loop) }
  public static func restore(
    _ storage: PerturbationStorage<Double>, _ tensors: UnsafePointer<TensorPointers<Double>>, _ loop: LoopBody
  ) { storage.restore(tensors, loop) }
}
