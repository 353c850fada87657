import DownhillBase
import DownhillLab
import Testing

/// Which token is chosen from logits.
struct TokenChoiceTests {
  private static let logits: [Float] = [0.5, 2, -1, 2, 1, -3]

  private func token(_ choice: TokenChoice, _ uniform: Double, _ logits: [Float] = logits) -> Int? {
    logits.withUnsafeBufferPointer { choice.token(from: $0, uniform) }
  }

  /// How often each token comes, over numbers that lie evenly in [0, 1).
  private func shares(_ choice: TokenChoice, _ logits: [Float] = logits) -> [Double] {
    var counts = [Double](repeating: 0, count: logits.count)
    for number in 0..<6000 { counts[token(choice, (Double(number) + 0.5) / 6000, logits) ?? 0] += 1 / 6000 }
    return counts
  }

  private func softmax(_ logits: [Double]) -> [Double] {
    let powers = logits.map { Elementary.exp($0) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private func expect(_ found: [Double], _ wanted: [Double], _ place: SourceLocation = #_sourceLocation) {
    for (a, b) in zip(found, wanted) { #expect((a - b).magnitude < 1e-3, "\(found)", sourceLocation: place) }
  }

  @Test func withoutSettingsItIsTheSoftmax() {
    expect(shares(TokenChoice()), softmax(Self.logits.map { Double($0) }))
  }

  @Test(arguments: [0.25, 3])
  func temperatureDividesLogits(_ temperature: Double) {
    var choice = TokenChoice()
    choice.temperature = temperature
    expect(shares(choice), softmax(Self.logits.map { Double($0) / temperature }))
  }

  @Test func temperatureZeroTakesTheFirstOfTheLikeliest() {
    var choice = TokenChoice()
    choice.temperature = 0
    for uniform in [0, 0.5, 1 - 0x1p-53] { #expect(token(choice, uniform) == 1) }
  }

  @Test func topKLeavesSoMany() {
    var choice = TokenChoice()
    choice.topK = 3
    let kept = softmax([2, 2, 1])
    expect(shares(choice), [0, kept[0], 0, kept[1], kept[2], 0])
    choice.topK = 1
    expect(shares(choice), [0, 1, 0, 0, 0, 0])
    choice.topK = 100
    expect(shares(choice), softmax(Self.logits.map { Double($0) }))
  }

  /// Of 0.4, 0.3, 0.2 and 0.1, half a share takes the first two: the least that has it.
  @Test func topPLeavesTheNucleus() {
    let logits = [0.1, 0.4, 0.2, 0.3].map { Float(Elementary.log($0)) }
    var choice = TokenChoice()
    choice.topP = 0.5
    expect(shares(choice, logits), [0, 4 / 7.0, 0, 3 / 7.0])
    choice.topP = 0.75
    expect(shares(choice, logits), [0, 4 / 9.0, 2 / 9.0, 3 / 9.0])
    choice.topP = 1e-9
    expect(shares(choice, logits), [0, 1, 0, 0])
    (choice.topP, choice.topK) = (0.75, 2)
    expect(shares(choice, logits), [0, 4 / 7.0, 0, 3 / 7.0])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsNotFiniteIsRefused(_ number: Float) {
    #expect(token(TokenChoice(), 0.5, [1, number, 2]) == nil)
    #expect(token(TokenChoice(), 0.5, [number, 1, 2]) == nil)
    #expect(token(TokenChoice(), 0.5, []) == nil)
  }

  @Test func whatHasNoShareNeverComes() {
    #expect(token(TokenChoice(), 1 - 0x1p-53, [0, 1, -1e30]) == 1)
    #expect(token(TokenChoice(), 0, [-1e30, 1, 0]) == 1)
  }

  @Test(arguments: [
    (-1.0, nil, 1.0, "--temperature -1.0"), (.nan, nil, 1, "--temperature nan"),
    (.infinity, nil, 1, "--temperature inf"),
    (1, 0, 1, "--top-k 0"), (1, -3, 1, "--top-k -3"), (1, nil, 0, "--top-p 0.0"), (1, nil, 1.5, "--top-p 1.5"),
    (1, nil, .nan, "--top-p nan"),
  ])
  func settingsOutOfRangeAreRefused(_ temperature: Double, _ topK: Int?, _ topP: Double, _ words: String) {
    var choice = TokenChoice()
    (choice.temperature, choice.topK, choice.topP) = (temperature, topK, topP)
    let error = #expect(throws: CommandFailure.self) { try choice.check() }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains(words) == true)
  }
}
