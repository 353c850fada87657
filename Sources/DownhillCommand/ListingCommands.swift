import ArgumentParser
import DownhillLab
import DownhillMatrix

struct RulesCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List the rules, wrappers and methods, explain one, or show which parameters of a model get which.",
    discussion: """
      Examples:
        downhill rules
        downhill rules adamw
        downhill rules clip
        downhill rules muon --format json
        downhill rules --plan model.safetensors --group "role=hidden:muon:lr=0.02" \\
          --group "role=gain|bias,decay=0:" --rest adamw:lr=3e-4,weight-decay=0.1

      A group is written CONDITIONS: SPEC. Conditions: role= (hidden embedding head convolution gain bias scalar) and name=
      (* for any letters), alternatives between bars; rate= and decay= multiply lr and weight-decay. frozen in place of a
      spec leaves the parameters as they are; without a spec a group has that of --rest. The first group that fits takes a
      parameter.
      """)

  @Argument(help: "A rule, a wrapper or a method; all of them by default.", completion: .ruleName)
  var name: String?

  @Option(
    help: ArgumentHelp("Which parameters of this model get which rule; only the header is read.", valueName: "file"),
    completion: .safetensors)
  var plan: String?

  @Option(help: ArgumentHelp("A group of the plan; repeat for more.", valueName: "conditions: spec"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp("The optimizer of all other parameters, or frozen; adamw by default.", valueName: "spec"),
    completion: .optimizer)
  var rest: String?

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    if let plan {
      if let name { throw CommandFailure.usage("rules \(name) explains a rule, --plan shows a model: one of them") }
      let listing = try PlanListing(of: plan, groups: group, rest: rest ?? "adamw", from: .full)
      return try printResult(format == .json ? listing.json.serialized : listing.text)
    }
    for (option, isGiven) in [("--group", !group.isEmpty), ("--rest", rest != nil)] where isGiven {
      throw CommandFailure.usage("\(option) is part of a plan: add --plan MODEL.safetensors")
    }
    let listing = RuleListing(.full)
    switch (name, format) {
    case (nil, .text): try printResult(listing.text)
    case (nil, .json): try printResult(listing.json.serialized)
    case (let name?, .text): try printResult(try listing.text(of: name))
    case (let name?, .json): try printResult(try listing.json(of: name).serialized)
    }
  }
}

struct LandscapesCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "landscapes",
    abstract: "List the landscapes, data problems and matrix problems that can be raced on.",
    discussion: """
      Examples:
        downhill landscapes
        downhill landscapes --format json
      """)

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    try printResult(format == .json ? LandscapeListing.json.serialized : LandscapeListing.text)
  }
}
