import DownhillBase
public import DownhillFiles

/// What there is to know of a data set before a network is trained on it.
public struct DataDescription: Sendable {
  private let split: DataSplit
  /// How many of the training samples each class has.
  private let classCounts: [Int]
  /// Some samples, in words.
  private let samples: [String]

  /// - Throws: `FileError` where a sample cannot be read.
  public init(_ split: DataSplit) throws(FileError) {
    self.split = split
    var samples: [String] = []
    let shown = min(split.training.count, 3)
    let batch = Batch(of: split.form, size: shown)
    for row in 0..<shown {
      try split.training.write(row * split.training.count / shown, nil, to: batch.row(row))
      samples.append(Self.words(batch, row, split))
    }
    self.samples = samples
    let labels = (split.training as? ImageSet)?.classes ?? (split.training as? VectorSet)?.labels ?? []
    var counts = [Int](repeating: 0, count: labels.isEmpty ? 0 : split.form.outputs)
    for label in labels { counts[Int(label)] += 1 }
    classCounts = counts
  }

  private static func words(_ batch: Batch, _ row: Int, _ split: DataSplit) -> String {
    let form = split.form
    switch form.input {
    case .tokens(let context, _):
      let tokens = batch.tokens[row * context..<(row + 1) * context]
      if let tokenizer = split.tokenizer { return excerpt(tokenizer.decode(Array(tokens)), limit: 60) }
      let asked = batch.classes[row * context..<(row + 1) * context].last ?? -1
      return tokens.map { "\($0)" }.joined(separator: " ") + " → \(asked)"
    case .vector(let features):
      let numbers = batch.numbers[row * features..<(row + 1) * features].prefix(6)
      let shown = numbers.map { readable(Double($0), digits: 3) }.joined(separator: " ")
      return shown + (features > 6 ? " …" : "") + " → " + target(batch, row, split)
    case .image(let channels, _, _):
      let area = form.numberCount / channels
      let means = (0..<channels).map { channel in
        let start = row * form.numberCount + channel * area
        return readable(batch.numbers[start..<start + area].reduce(0) { $0 + Double($1) } / Double(area), digits: 2)
      }
      return "means \(means.joined(separator: " ")) → " + target(batch, row, split)
    }
  }

  private static func target(_ batch: Batch, _ row: Int, _ split: DataSplit) -> String {
    if case .numbers(let count) = split.form.target {
      return batch.targets[row * count..<(row + 1) * count].map { readable(Double($0)) }.joined(separator: " ")
    }
    let label = Int(batch.classes[row])
    return split.labels.indices.contains(label) ? split.labels[label] : "\(label)"
  }

  private var kind: String {
    switch split.form.input {
    case .vector: "vectors"
    case .image: "images"
    case .tokens: "tokens"
    }
  }

  /// One object.
  public var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("name", .text(split.name)), ("kind", .text(kind)), ("training", .integer(split.training.count)),
      ("heldOut", .integer(split.heldOut?.count ?? 0)),
      ("inputShape", .array(split.form.inputShape.dimensions.map { .integer($0) })),
      ("outputs", .integer(split.form.outputs)), ("classes", .array(split.labels.map { .text($0) })),
      ("classCounts", .array(classCounts.map { .integer($0) })),
    ]
    if let tokenizer = split.tokenizer { members.append(("vocabulary", .integer(tokenizer.vocabulary))) }
    members.append(("remarks", .array(split.remarks.map { .text($0) })))
    members.append(("samples", .array(samples.map { .text($0) })))
    return .object(members)
  }

  /// Lines of a name and a value.
  public var text: String {
    let what = if case .tokens = split.form.input { "windows" } else { "samples" }
    var lines = [
      ("data", split.name),
      ("samples", "\(split.training.count) \(what) to train on, \(split.heldOut?.count ?? 0) held out"),
      ("input", "\(kind) \(split.form.inputShape)"), ("outputs", "\(split.form.outputs)"),
    ]
    if !split.labels.isEmpty {
      let shown = zip(split.labels, classCounts).prefix(20).map { "\(excerpt($0, limit: 30)) \($1)" }
      let more = split.labels.count > 20 ? " and \(split.labels.count - 20) more" : ""
      lines.append(("classes", shown.joined(separator: ", ") + more))
    }
    if let tokenizer = split.tokenizer {
      lines.append(("vocabulary", "\(tokenizer.vocabulary)"))
      if case .characters(let characters) = tokenizer { lines.append(("characters", excerpt(characters.text))) }
    }
    lines += split.remarks.map { ("remark", $0) }
    lines += samples.map { ("sample", $0) }
    return lines.map { $0.padding(to: 12) + $1 }.joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
