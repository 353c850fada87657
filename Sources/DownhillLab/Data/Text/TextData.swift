import DownhillFiles

/// What stands for a token.
public enum TokenUnit: Sendable, Equatable {
  /// A Unicode scalar that the text holds.
  case character
  /// A byte of UTF-8.
  case byte
  /// A pair of pairs of … bytes, by the ranks in this `.tiktoken` file.
  case bytePair(file: String)
}

extension DataSplit {
  /// A text to predict token by token: the last part is held out, in windows that do not overlap.
  ///
  /// - Parameters:
  ///   - text: At least a few characters.
  ///   - name: What messages call it: the path, where it is a file's.
  ///   - options: Tokens, context, held-out part. The text is cut before it becomes tokens, at a character, so that what
  ///     is held out does not depend on what a token is.
  /// - Throws: `FileError` where there is too little text, or the ranks cannot be read.
  static func text(_ text: String, name: String, _ options: DataOptions) throws(FileError) -> DataSplit {
    let tokenizer: Tokenizer
    switch (options.tokenizer, options.unit) {
    case (let given?, _): tokenizer = given
    case (nil, .character): tokenizer = .characters(CharacterVocabulary(of: text))
    case (nil, .byte): tokenizer = .bytes
    case (nil, .bytePair(let file)): tokenizer = .bytePairs(try BytePairTokenizer(contentsOf: file))
    }
    let scalars = text.unicodeScalars
    let total = scalars.count
    let kept = min(Int(Double(total) * (1 - (options.heldOut ?? 0.1))), total)
    let cut = scalars.index(scalars.startIndex, offsetBy: kept)
    let parts = [String(scalars[..<cut]), String(scalars[cut...])]
    var sets = [TokenWindows?]()
    for (place, part) in parts.enumerated() {
      let tokens: [Int32]
      do {
        tokens = try tokenizer.encode(part)
      } catch {
        throw FileError(kind: .data, path: name, message: error.description)
      }
      guard tokens.count >= 2 else {
        guard place == 1, options.heldOut == 0 else {
          let which = place == 0 ? "to train on" : "held out"
          let message = "too little text: the part \(which) has \(tokens.count) tokens, expected at least 2"
          throw FileError(kind: .data, path: name, message: message)
        }
        sets.append(nil)
        continue
      }
      let sequence = TokenSequence(tokens, vocabulary: tokenizer.vocabulary)
      // A shuffled epoch shows every token once; otherwise a window may begin anywhere.
      let stride = place == 1 || options.sampling == .shuffled ? options.context : 1
      sets.append(
        TokenWindows(sequence, context: options.context, vocabulary: tokenizer.vocabulary, stride: stride))
    }
    guard let training = sets[0] else {
      throw FileError(kind: .data, path: name, message: "too little text")
    }
    let sampling: Sampling =
      switch options.sampling {
      case .shuffled: .shuffled
      case .nice: .nice
      case .replacement, .lipschitz, .balanced, nil: .replacement
      }
    return DataSplit(name: name, training: training, heldOut: sets[1], tokenizer: tokenizer, sampling: sampling)
  }
}
