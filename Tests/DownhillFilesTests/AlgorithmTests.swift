import Downhill
import DownhillBase
import DownhillFiles
import DownhillMatrix
import TestSupport
import Testing

/// What a processor chose for a matrix is stored with the state, since the bits of a run depend on it.
@Suite("The algorithm in a state file")
struct AlgorithmTests {
  /// A machine that says of itself that it orthogonalises in another way.
  private static let other = MatrixMachine<Float>(
    product: MatrixMachine<Float>.plain.product, symmetricProduct: MatrixMachine<Float>.plain.symmetricProduct,
    decompositions: MatrixMachine<Float>.plain.decompositions,
    fused: FusedOrthogonalizer(
      supports: { _, _ in true }, workspaceSize: { _, _ in 0 }, run: { _, _, _, _, _, _, _ in },
      choice: { _, stack in "gram, bf16, \(stack.rows)×\(stack.columns)" }))

  private func optimizer(_ spec: String, on machine: MatrixMachine<Float>) throws -> Optimizer<Float> {
    Optimizer(
      try Catalogue.full.parse(spec), for: [Parameter("a", [6, 4]), Parameter("b", [3, 9])], with: machine)
  }

  @Test("is told where another machine goes on, and only there", arguments: ["muon", "nor-muon:heads=3", "dion2"])
  func change(spec: String) throws {
    let folder = try TemporaryFolder()
    let first = try optimizer(spec, on: .plain)
    try first.saveState(to: folder.file("S"))
    let file = try StateFile(contentsOf: folder.file("S"))
    #expect(file.changedAlgorithms(for: first).isEmpty)
    let changes = file.changedAlgorithms(for: try optimizer(spec, on: Self.other))
    #expect(changes.count == 2)
    #expect(changes.allSatisfy { $0.contains("plain, f32") && $0.contains("gram, bf16") }, "\(changes)")
  }

  @Test("is none where nothing chooses", arguments: ["adamw", "muon:orthogonalizer=svd", "soap"])
  func none(spec: String) throws { #expect(try optimizer(spec, on: Self.other).algorithms.isEmpty) }
}
