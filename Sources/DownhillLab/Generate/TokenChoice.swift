import DownhillBase

/// How a token is chosen from a network's logits.
public struct TokenChoice: Sendable, Equatable {
  /// What the logits are divided by; 0 takes the likeliest token.
  public var temperature = 1.0
  /// How many of the likeliest tokens are left; all where nil.
  public var topK: Int?
  /// The likeliest tokens that together have this probability are left, one at least: Holtzman et al. 2020,
  /// arXiv:1904.09751. Of those that `topK` leaves.
  public var topP = 1.0

  public init() {}

  /// That every setting is in its range.
  /// - Throws: `CommandFailure` of kind usage that names the option.
  public func check() throws(CommandFailure) {
    guard temperature >= 0, temperature <= 1e6 else {
      throw .usage("--temperature \(temperature) is out of range [0, 1e6]")
    }
    if let topK, topK < 1 { throw .usage("--top-k \(topK): expected a whole number from 1") }
    guard topP > 0, topP <= 1 else { throw .usage("--top-p \(topP) is out of range (0, 1]") }
  }

  /// A token.
  /// - Parameters:
  ///   - logits: One a token.
  ///   - uniform: In [0, 1): which of those that are left it is.
  /// - Returns: Its place; nil where a logit is not finite. Of tokens that are as likely, the first is likelier.
  package func token(from logits: UnsafeBufferPointer<Float>, _ uniform: Double) -> Int? {
    var (best, isFinite) = (0, !logits.isEmpty)
    for place in logits.indices {
      if logits[place] > logits[best] { best = place }
      isFinite = isFinite && logits[place].isFinite
    }
    guard isFinite else { return nil }
    guard temperature > 0 else { return best }
    let most = Double(logits[best])
    var left = logits.indices.map { (token: $0, share: Elementary.exp((Double(logits[$0]) - most) / temperature)) }
    if topK != nil || topP < 1 {
      left.sort { ($0.share, $1.token) > ($1.share, $0.token) }
      left.removeLast(max(left.count - (topK ?? left.count), 0))
      let wanted = topP * left.reduce(0) { $0 + $1.share }
      var (sum, count) = (0.0, 0)
      while count < left.count, count == 0 || sum < wanted {
        sum += left[count].share
        count += 1
      }
      left.removeLast(left.count - count)
    }
    var rest = uniform * left.reduce(0) { $0 + $1.share }
    for (token, share) in left {
      rest -= share
      if rest < 0 { return token }
    }
    // Rounding has left a little; what has no share at all is never chosen.
    return left.last { $0.share > 0 }?.token ?? best
  }
}
