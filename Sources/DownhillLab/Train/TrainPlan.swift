import Downhill
import DownhillBase
import DownhillMatrix
import DownhillNN

/// Which rule moves which parameters of a network.
public struct TrainPlan: Sendable {
  /// The groups; one and no more where the rule perturbs.
  struct Group: Sendable {
    /// Conditions, or nothing for the rest.
    let conditions: String
    /// Nil where the parameters stay as they are.
    let spec: OptimizerSpec?
    /// The places of its parameters.
    let parameters: [Int]
  }

  let groups: [Group]
  /// All of the network's, in its order.
  let parameters: [Parameter]
  /// The rules by group; nil where a perturbation moves all parameters together.
  let plan: OptimizerPlan?

  /// - Parameters:
  ///   - configuration: With every spec.
  ///   - parameters: The network's.
  /// - Throws: `SpecError` and `CommandFailure` that name the group or the rule and what it cannot do.
  init(_ configuration: TrainConfiguration, for parameters: [NetworkParameter]) throws {
    self.parameters = parameters.map { Parameter($0) }
    let optimizer = try Self.spec(configuration.optimizer)
    let frozen = try configuration.freeze.map { "\(try Self.condition($0)): frozen" }
    if let optimizer, optimizer.perturbation != nil {
      guard configuration.groups.isEmpty else {
        throw CommandFailure.usage("\(optimizer): a perturbation moves all parameters together, --group divides them")
      }
      let selection = try OptimizerPlan(frozen, rest: "sgd", from: .full)
      let assignment = selection.assignment(of: self.parameters)
      let moved = assignment.indices.filter { selection.groups[assignment[$0]].spec != nil }
      let kept = assignment.indices.filter { selection.groups[assignment[$0]].spec == nil }
      groups =
        [Group(conditions: "", spec: optimizer, parameters: moved)]
        + (kept.isEmpty ? [] : [Group(conditions: "frozen", spec: nil, parameters: kept)])
      plan = nil
    } else {
      var (texts, rest) = (frozen + configuration.groups, configuration.optimizer)
      if let optimizer, !optimizer.rule.entry.takesVectors {
        texts.append("role=hidden|convolution: \(configuration.optimizer)")
        rest = configuration.rest ?? rest
      }
      let plan = try OptimizerPlan(texts, rest: rest, from: .full)
      let assignment = plan.assignment(of: self.parameters)
      groups = plan.groups.indices.map { place in
        Group(
          conditions: plan.groups[place].selector.description, spec: plan.groups[place].spec,
          parameters: assignment.indices.filter { assignment[$0] == place })
      }
      self.plan = plan
    }
    for group in groups { try check(group) }
    guard groups.contains(where: { $0.spec != nil && !$0.parameters.isEmpty }) else {
      throw CommandFailure.usage("every parameter is frozen: there is nothing to train")
    }
  }

  /// Whether the rule takes matrices only, so that the others want a rule of their own.
  static func wantsRest(_ optimizer: String) throws(SpecError) -> Bool {
    guard let spec = try spec(optimizer) else { return false }
    return !spec.rule.entry.takesVectors && spec.perturbation == nil
  }

  private static func spec(_ text: String) throws(SpecError) -> OptimizerSpec? {
    text == "frozen" ? nil : try Catalogue.full.parse(text)
  }

  /// What `--freeze` takes: conditions of a group, and nothing else.
  private static func condition(_ text: String) throws(CommandFailure) -> String {
    guard text.hasPrefix("role=") || text.hasPrefix("name="), !text.contains(":") else {
      throw .usage("--freeze \"\(text)\", expected role=… or name=…, such as role=embedding or name=layer1.*")
    }
    return text
  }

  private func check(_ group: Group) throws {
    guard let spec = group.spec else { return }
    let mine = group.parameters.map { parameters[$0] }
    if spec.usesCurvature {
      throw CommandFailure.usage("\(spec.rule.entry.name) wants the Hessian's diagonal, which train does not compute")
    }
    if !spec.rule.entry.takesVectors, let vector = mine.first(where: { !$0.shape.isMatrix }) {
      throw CommandFailure.usage(
        "\(spec.rule.entry.name) takes matrices only, but \(vector.name) is \(vector.shape); give it --rest, or another group"
      )
    }
    try spec.checkHeads(of: mine)
  }

  /// A table: what each rule moves.
  var text: String {
    var table = TextTable([
      ("rule", .left), ("for", .left), ("parameters", .right), ("weights", .right), ("state", .right),
    ])
    for group in groups where !group.parameters.isEmpty {
      let shapes = group.parameters.map { parameters[$0].shape }
      let bytes = shapes.reduce(0) { $0 + 4 * (group.spec?.stateCount(for: $1) ?? 0) }
      table.add([
        group.spec?.description ?? "frozen", group.conditions.isEmpty ? "the rest" : group.conditions,
        "\(shapes.count)", "\(shapes.reduce(0) { $0 + $1.count })", "\(bytes) B",
      ])
    }
    let shapes = parameters.map { $0.shape }
    table.add(["", "all", "\(shapes.count)", "\(shapes.reduce(0) { $0 + $1.count })", ""])
    return table.text
  }
}
