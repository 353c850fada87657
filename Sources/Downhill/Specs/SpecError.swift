/// What is wrong with a spec: an unknown name, a value out of range, a malformed text.
public struct SpecError: Error, Equatable, CustomStringConvertible, Sendable {
  /// One sentence that names what was found and what is expected.
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// The name in `names` that is nearest to `text` by edits, if it is near enough to be meant.
public func nearestName(to text: String, among names: [String]) -> String? {
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(Array(text.utf8), Array(name.utf8))
    if distance < (best?.distance ?? .max) { best = (name, distance) }
  }
  guard let best, best.distance <= max(2, text.utf8.count / 3) else { return nil }
  return best.name
}

/// The least number of insertions, deletions, substitutions and swaps of neighbouring bytes between two texts (optimal
/// string alignment); a letter counts as the same in either case.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count < 256 else { return .max }
  func isSame(_ i: Int, _ j: Int) -> Bool { a[i] | 32 == b[j] | 32 }
  var (before, row) = ([Int](), Array(0...b.count))
  for i in 0..<a.count {
    var next = [i + 1]
    for j in 0..<b.count {
      var least = min(row[j] + (isSame(i, j) ? 0 : 1), min(next[j], row[j + 1]) + 1)
      if i > 0, j > 0, isSame(i, j - 1), isSame(i - 1, j) { least = min(least, before[j - 1] + 1) }
      next.append(least)
    }
    (before, row) = (row, next)
  }
  return row[b.count]
}
