import DownhillKernels
import DownhillLab
import DownhillNN
import Testing

/// Tokens that a network goes on with beside a program of exactly the tokens that there are.
struct TextGeneratorTests {
  private static let specs = [
    "gpt:layers=2,heads=2,width=12,context=37,vocabulary=11",
    "gpt-modern:layers=1,heads=2,width=12,context=20,vocabulary=11",
  ]

  private func store(_ network: NetworkSpec) -> ParameterStore {
    let store = ParameterStoreForTests.make(network)
    // The start's logits are all nearly equal.
    for place in store.parameters.indices where store.parameters[place].shape.dimensions.count == 2 {
      let weights = store.weights(of: place)
      for i in weights.indices { weights[i] *= 15 }
    }
    return store
  }

  private func likeliest(_ network: NetworkSpec, _ store: ParameterStore, after tokens: [Int32]) -> Int32 {
    let window = tokens.suffix(network.context ?? 0)
    let tape = Tape()
    let input = tape.indices("input", [1, window.count])
    let logits = network.model.outputs(on: tape, input, seed: 0)
    let program = Program(tape, store, mode: .evaluation, loss: nil, results: [logits], on: .team)
    _ = program.indices(of: input).update(fromContentsOf: window)
    program.forward()
    let last = program.numbers(of: logits).suffix(11)
    return Int32((last.indices.max { last[$0] < last[$1] } ?? 0) - last.startIndex)
  }

  /// Lengths 16 and 32 and the context are passed on the way, and the text moves on behind the context.
  @Test(arguments: specs)
  func tokensAreThoseOfTheWholeText(_ spec: String) throws {
    let network = try NetworkSpec(spec)
    let store = store(network)
    let generator = try #require(TextGenerator(network, store, threads: 2))
    var choice = TokenChoice()
    choice.temperature = 0
    var tokens: [Int32] = [3, 1, 4, 1, 5]
    var different = Set<Int32>()
    try generator.continueText(after: tokens, count: 50, choice, vocabulary: 11, seed: 0) { token in
      #expect(token == likeliest(network, store, after: tokens), "after \(tokens.count)")
      tokens.append(token)
      different.insert(token)
      return true
    }
    #expect(tokens.count == 55 && different.count > 1)
  }

  @Test func theSeedDecides() throws {
    let network = try NetworkSpec(Self.specs[0])
    let store = store(network)
    func written(_ seed: UInt64, _ count: Int = 40, endingAt end: Int = .max) throws -> [Int32] {
      var tokens = [Int32]()
      let generator = try #require(TextGenerator(network, store, threads: 2))
      try generator.continueText(after: [7], count: count, TokenChoice(), vocabulary: 11, seed: seed) { token in
        tokens.append(token)
        return tokens.count < end
      }
      return tokens
    }
    let first = try written(1)
    #expect(try first == written(1))
    #expect(try first != written(2))
    #expect(try written(1, endingAt: 3) == Array(first.prefix(3)))
    #expect(try written(1, 0) == [])
  }

  @Test func aNarrowVocabularyIsKeptTo() throws {
    let network = try NetworkSpec(Self.specs[0])
    let generator = try #require(TextGenerator(network, store(network), threads: 2))
    try generator.continueText(after: [0], count: 60, TokenChoice(), vocabulary: 3, seed: 5) { token in
      #expect(token < 3)
      return true
    }
  }

  @Test func weightsThatAreNoUseAreTold() throws {
    let network = try NetworkSpec(Self.specs[0])
    let store = store(network)
    store.weights(of: 0)[5] = .nan
    let generator = try #require(TextGenerator(network, store, threads: 2))
    let error = #expect(throws: CommandFailure.self) {
      try generator.continueText(after: [0], count: 60, TokenChoice(), vocabulary: 11, seed: 5) { _ in true }
    }
    #expect(error?.kind == .data)
  }
}
