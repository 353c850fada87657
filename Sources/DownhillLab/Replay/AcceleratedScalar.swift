import Downhill
import DownhillBase
import DownhillKernels

/// Numbers whose matrices this machine has kernels for.
protocol AcceleratedScalar: WeightScalar {
  static var acceleratedMachine: MatrixMachine<Self> { get }
}

extension Float: AcceleratedScalar {
  static var acceleratedMachine: MatrixMachine<Float> { .accelerated }
}

extension Double: AcceleratedScalar {
  static var acceleratedMachine: MatrixMachine<Double> { .accelerated }
}
