import Downhill
import DownhillBase
import DownhillMatrix

/// An orthogonaliser as it is written on the command line, with the settings that `muon` has for it: `quintic,steps=5`.
///
/// It is `muon`'s own: a step without momentum, decay and scale at rate 1 from zero leaves −O.
public struct MatrixOrthogonalizer: Sendable {
  /// As it was written.
  public let text: String
  private let spec: OptimizerSpec

  /// What `muon` has beside its orthogonaliser, and what makes its step −O.
  private static let fixed = [
    ("lr", "1"), ("momentum", "0"), ("nesterov", "false"), ("weight-decay", "0"), ("scale", "none"),
  ]

  /// What `muon` has that is no setting of its orthogonaliser.
  private static let others = Set(
    fixed.map { $0.0 } + ["momentum-form", "decay", "heads", "experts", "orthogonalizer"])

  /// - Throws: `CommandFailure` of kind usage for an unknown name, a setting that is none of an orthogonaliser's, or a
  ///   value out of range.
  public init(_ text: String) throws {
    self.text = text
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for piece in pieces.dropFirst() {
      let name = String(piece.prefix { $0 != "=" })
      guard !Self.others.contains(name) else {
        throw CommandFailure.usage(
          "--orthogonalizer \(text): \(name) is no setting of an orthogonaliser; there are \(Self.settings)")
      }
    }
    let settings = Self.fixed.map { "\($0)=\($1)" } + ["orthogonalizer=" + pieces[0]] + pieces.dropFirst()
    do {
      spec = try Catalogue.full.parse("muon:" + settings.joined(separator: ","))
    } catch {
      throw CommandFailure.usage("--orthogonalizer \(text): \(error)")
    }
    guard spec.rule.schedules.isEmpty, spec.wrappers.isEmpty else {
      throw CommandFailure.usage("--orthogonalizer \(text): there are no steps for a schedule to follow")
    }
  }

  private static var settings: String {
    let entry = Catalogue.full.rules.first { $0.name.description == "muon" }
    return (entry?.knobs ?? []).map { $0.name.description }.filter { !others.contains($0) }.joined(separator: ", ")
  }

  /// O of a row-major matrix, computed in the numbers that a machine takes.
  func callAsFunction<Scalar: WeightScalar>(
    _ matrix: [Double], rows: Int, columns: Int, with machine: MatrixMachine<Scalar>
  ) -> [Double] {
    var optimizer = Optimizer<Scalar>(spec, for: [Parameter("W", [rows, columns])], with: machine)
    var weights = [Scalar](repeating: Scalar(nearest: 0), count: matrix.count)
    optimizer.update(&weights, along: matrix.map { Scalar(nearest: $0) })
    return weights.map { -$0.wide }
  }
}
