import DownhillBase
import DownhillMatrix

/// The orthogonalisers and what they do to singular values, as text and as JSON.
public struct OrthogonalizerListing: Sendable {
  public let maps: [OrthogonalizerMap]

  /// - Parameter steps: nil for as many as each was made for.
  public init(steps: Int? = nil) { maps = OrthogonalizerMap.all(steps: steps) }

  private static let shares = [1e-4, 1e-3, 1e-2]

  /// A table, for a terminal.
  public var text: String {
    var table = TextTable([
      ("orthogonalizer", .left), ("steps", .right), ("slope at 0", .right), ("σ = 1e-4", .right), ("1e-3", .right),
      ("1e-2", .right), ("on [1e-2, 1]", .left), ("on [1e-3, 1]", .left),
    ])
    for map in maps {
      if map.isExact {
        table.add([map.name, "–", "∞", "1", "1", "1", "1", "1"])
        continue
      }
      table.add(
        [map.name, "\(map.steps)", readable(map.slope, digits: 3)] + Self.shares.map { readable(map($0), digits: 4) }
          + [text(of: map.range(from: 1e-2)), text(of: map.range(from: 1e-3))])
    }
    return """
      \(table.text)
      What a singular value becomes, from its share σ of the norm ‖X‖. aol takes its shares after each row was divided by
      √Σ|XXᵀ|; svd and jacobi leave what is zero to rounding at 0. --steps N sets the steps of all.

      """
  }

  private func text(of range: ClosedRange<Double>) -> String {
    "\(readable(range.lowerBound, digits: 4)) to \(readable(range.upperBound, digits: 4))"
  }

  /// The same, with the coefficients.
  public var json: JSON {
    .object([("orthogonalizers", .array(maps.map { json(of: $0) }))])
  }

  private func json(of map: OrthogonalizerMap) -> JSON {
    var members: [(key: String, value: JSON)] = [("name", .text(map.name))]
    if case .newtonSchulz(let table) = map.method {
      let rows = (0..<map.steps).map { table.polynomial(at: $0) }
      members += [
        ("steps", .integer(map.steps)), ("safety", .number(table.safety)),
        ("coefficients", .array(rows.map { .numbers([$0.a, $0.b, $0.c]) })),
        ("slope", .number(map.slope)),
      ]
    }
    let places = OrthogonalizerMap.places(from: 1e-4, count: 81)
    members += [("sigma", .numbers(places)), ("values", .numbers(places.map { map($0) }))]
    return .object(members)
  }
}
