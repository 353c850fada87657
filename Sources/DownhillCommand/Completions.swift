import ArgumentParser
import Downhill
import DownhillLab
import DownhillMatrix

extension CompletionKind {
  /// An optimizer's spec: names, knobs, values.
  static var optimizer: CompletionKind {
    .spec { SpecCompletion.optimizer(.full, asking: .gradients).candidates(for: $0) }
  }

  /// The same, and what takes a second gradient of a batch.
  static var trainer: CompletionKind {
    .spec { SpecCompletion.optimizer(.full, asking: .secondGradients).candidates(for: $0) }
  }

  /// The same, and what evaluates a problem itself.
  static var racer: CompletionKind {
    .spec { SpecCompletion.optimizer(.full, asking: .problem).candidates(for: $0) }
  }

  /// What a race is run on.
  static var problem: CompletionKind { .spec { SpecCompletion.problem.candidates(for: $0) } }

  /// A rule, wrapper or method by name.
  static var ruleName: CompletionKind {
    let catalogue = Catalogue.full
    let rules = catalogue.rules.map { $0.name } + catalogue.wrappers.map { $0.name }
    let others = catalogue.perturbations.map { $0.name } + catalogue.methods.map { $0.name }
    return .list((rules + others).map { $0.description })
  }

  /// A data set that is made or can be fetched.
  static var dataName: CompletionKind {
    .list(MadeData.catalogue.map { $0.name.description } + RemoteData.catalogue.map { $0.name })
  }

  /// A model of the catalogue with its knobs.
  static var model: CompletionKind { .spec { SpecCompletion.model.candidates(for: $0) } }

  static var remoteName: CompletionKind { .list(RemoteData.catalogue.map { $0.name }) }

  static var safetensors: CompletionKind { .file(extensions: ["safetensors"]) }

  /// - Parameter candidates: What may stand in place of the letters before the cursor.
  private static func spec(_ candidates: @escaping @Sendable (String) -> [String]) -> CompletionKind {
    .custom { _, _, letters in
      // A shell hands over the word as it was typed, with the quotation mark that a schedule's parentheses want.
      let quote = letters.prefix { $0 == "'" || $0 == "\"" }
      return candidates(String(letters.dropFirst(quote.count))).map { quote + $0 }
    }
  }
}
