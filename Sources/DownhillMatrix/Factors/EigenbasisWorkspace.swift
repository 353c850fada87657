import Downhill
import DownhillBase

/// What a rule that works in eigenbases takes beside its state: two matrices of the tensor's size and what a side takes.
struct EigenbasisWorkspace<Scalar: WeightScalar> {
  let first, second: WorkspacePart<Scalar>
  /// A number a column.
  let values: WorkspacePart<Double>
  let side: Eigenbasis<Scalar>.Memory
  let byteCount: Int

  /// - Parameter maximum: The longest side that has a basis.
  init(_ shape: Shape, maximum: Int, on machine: MatrixMachine<Scalar>) {
    var layout = WorkspaceLayout()
    first = layout.reserve(shape.count, of: Scalar.self)
    second = layout.reserve(shape.count, of: Scalar.self)
    values = layout.reserve(shape.columns, of: Double.self)
    let sides = max(shape.rows <= maximum ? shape.rows : 0, shape.columns <= maximum ? shape.columns : 0)
    side = Eigenbasis.Memory(shape.count == 0 ? 0 : sides, on: machine, in: &layout)
    byteCount = layout.byteCount
  }
}
