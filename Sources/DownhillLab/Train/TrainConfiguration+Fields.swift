import Yams

extension TrainConfiguration {
  /// A line of the file: a key, and what it stands for.
  struct Field: Sendable {
    let key: String
    let read: @Sendable (TrainConfiguration) -> Node
    let write: @Sendable (inout TrainConfiguration, Node) throws(Misfit) -> Void
  }

  /// A value that a key does not take.
  struct Misfit: Error {
    let found: String
    let expected: String
  }

  /// In the order of the file.
  static let fields: [Field] = [
    .text("model", \.model), .text("data", \.data), .text("tokens", \.dataSettings.tokens),
    .whole("context", from: 1, \.dataSettings.context), .optionalNumber("held-out", \.dataSettings.heldOut),
    .texts("target", \.dataSettings.target), .whole("image-size", from: 1, \.dataSettings.imageSize),
    .text("augment", \.dataSettings.augment), .flag("normalize", \.dataSettings.normalize),
    .optionalText("label-noise", \.dataSettings.labelNoise), .optionalText("corrupt", \.dataSettings.corrupt),
    .optionalText("sampling", \.dataSettings.sampling), .texts("group", \.groups), .text("optimizer", \.optimizer),
    .optionalText("rest", \.rest), .texts("freeze", \.freeze), .whole("steps", from: 0, \.steps),
    .whole("batch", from: 1, \.batch), .whole("accumulate", from: 1, \.accumulate),
    .number("label-smoothing", \.labelSmoothing), .whole("eval-every", from: 0, \.evaluateEvery),
    .whole("checkpoint-every", from: 0, \.checkpointEvery), .whole("patience", from: 0, \.patience),
    .weights("evaluate", \.evaluates), .optionalText("from", \.from), .whole("seed", from: 0, \.seed),
    .whole("init-seed", from: 0, \.initializationSeed), .whole("data-seed", from: 0, \.dataSettings.seed),
    .whole("threads", from: 1, \.threads), .text("version", \.version),
  ]
}

extension TrainConfiguration.Field {
  typealias Path<Value> = WritableKeyPath<TrainConfiguration, Value> & Sendable
  typealias Misfit = TrainConfiguration.Misfit

  private static func text(of node: Node) throws(Misfit) -> String {
    guard let text = node.scalar?.string else { throw Misfit(found: "a collection", expected: "a text") }
    return text
  }

  private static func isAbsent(_ node: Node) -> Bool { node.null != nil }

  static func text(_ key: String, _ path: Path<String>) -> Self {
    Self(
      key: key, read: { Node($0[keyPath: path]) },
      write: { (target, node) throws(Misfit) in target[keyPath: path] = try text(of: node) })
  }

  static func optionalText(_ key: String, _ path: Path<String?>) -> Self {
    Self(
      key: key, read: { $0[keyPath: path].map { Node($0) } ?? .absent },
      write: { (target, node) throws(Misfit) in target[keyPath: path] = isAbsent(node) ? nil : try text(of: node) })
  }

  static func texts(_ key: String, _ path: Path<[String]>) -> Self {
    Self(
      key: key, read: { Node($0[keyPath: path].map { Node($0) }) },
      write: { (target, node) throws(Misfit) in
        guard let sequence = node.sequence else {
          throw Misfit(found: node.scalar?.string ?? "a mapping", expected: "a list of texts")
        }
        var texts = [String]()
        for element in sequence { texts.append(try text(of: element)) }
        target[keyPath: path] = texts
      })
  }

  static func whole<Number: FixedWidthInteger>(_ key: String, from least: Number, _ path: Path<Number>) -> Self
  where Number: Sendable {
    Self(
      key: key, read: { Node(String($0[keyPath: path]), Tag(.int)) },
      write: { (target, node) throws(Misfit) in
        let found = try text(of: node)
        guard let number = Number(found), number >= least else {
          throw Misfit(found: found, expected: "a whole number from \(least)")
        }
        target[keyPath: path] = number
      })
  }

  private static func number(of node: Node) throws(Misfit) -> Double {
    let found = try text(of: node)
    guard let number = finiteNumber(found) else { throw Misfit(found: found, expected: "a number") }
    return number
  }

  static func number(_ key: String, _ path: Path<Double>) -> Self {
    Self(
      key: key, read: { Node("\($0[keyPath: path])", Tag(.float)) },
      write: { (target, node) throws(Misfit) in target[keyPath: path] = try number(of: node) })
  }

  static func optionalNumber(_ key: String, _ path: Path<Double?>) -> Self {
    Self(
      key: key, read: { $0[keyPath: path].map { Node("\($0)", Tag(.float)) } ?? .absent },
      write: { (target, node) throws(Misfit) in target[keyPath: path] = isAbsent(node) ? nil : try number(of: node) })
  }

  static func flag(_ key: String, _ path: Path<Bool>) -> Self {
    Self(
      key: key, read: { Node($0[keyPath: path] ? "true" : "false", Tag(.bool)) },
      write: { (target, node) throws(Misfit) in
        let found = try text(of: node)
        guard let flag = Bool(found) else { throw Misfit(found: found, expected: "true or false") }
        target[keyPath: path] = flag
      })
  }

  static func weights(_ key: String, _ path: Path<TrainConfiguration.EvaluatedWeights>) -> Self {
    Self(
      key: key, read: { Node($0[keyPath: path].rawValue) },
      write: { (target, node) throws(Misfit) in
        let found = try text(of: node)
        guard let choice = TrainConfiguration.EvaluatedWeights(rawValue: found) else {
          let known = TrainConfiguration.EvaluatedWeights.allCases.map { $0.rawValue }.joined(separator: ", ")
          throw Misfit(found: found, expected: "one of \(known)")
        }
        target[keyPath: path] = choice
      })
  }
}

extension Node {
  /// What is not set.
  fileprivate static var absent: Node { Node("null", Tag(.null)) }
}
