import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Each way in which a spec can be wrong, with the whole message.
@Suite("A spec that is wrong")
struct SpecErrorTests {
  private static let rules = Catalogue.full.rules.map { $0.name.description }.joined(separator: ", ")
  private static let form = "is not of the form knob=value"
  private static let nameless = "a name is missing; a spec is written [wrapper:…/]rule:knob=value,…"

  @Test(
    "names what is unknown, and the nearest known name",
    arguments: [
      ("adamx", "unknown rule \"adamx\"; did you mean \"adam\"?"),
      ("adam-w", "unknown rule \"adam-w\"; did you mean \"adamw\"?"),
      ("AdamW", "unknown rule \"AdamW\"; did you mean \"adamw\"?"),
      (" adamw", "unknown rule \" adamw\"; did you mean \"adamw\"?"),
      ("adamw ", "unknown rule \"adamw \"; did you mean \"adamw\"?"),
      ("moun:lr=1", "unknown rule \"moun\"; did you mean \"muon\"?"),
      ("conditioner", "unknown rule \"conditioner\"; there are: \(rules)"),
      ("ключ", "unknown rule \"ключ\"; there are: \(rules)"),
      ("sgd\0", "unknown rule \"sgd\0\"; did you mean \"sgd\"?"),
      ("clap:norm=1/adamw", "unknown wrapper \"clap\"; did you mean \"clip\"?"),
      ("lokahead:k=5/adamw", "unknown wrapper \"lokahead\"; did you mean \"lookahead\"?"),
      ("adamw:beta=0.5", "adamw: unknown knob \"beta\"; did you mean \"beta1\"?"),
      ("adamw:Lr=0.5", "adamw: unknown knob \"Lr\"; did you mean \"lr\"?"),
      ("adamw:weight_decay=0.5", "adamw: unknown knob \"weight_decay\"; did you mean \"weight-decay\"?"),
      (
        "lion:amsgrad=true",
        "lion: unknown knob \"amsgrad\"; there are: lr, beta1, beta2, weight-decay"
      ),
      ("clip:Norm=1/adamw", "clip: unknown knob \"Norm\"; did you mean \"norm\"?"),
      ("cautious:xi=1/adamw", "cautious: unknown knob \"xi\""),
      ("muon:scale=orignal", "muon: scale=orignal is unknown; did you mean \"original\"?"),
      (
        "muon:orthogonalizer=lapack-gesdd",
        "muon: orthogonalizer=lapack-gesdd is unknown; there are: quintic, you, "
          + "polar-express, polar-express-safe, cans, classic, cubic, cubic5, deepseek, aol, svd, jacobi"
      ),
      ("adamw:decay=befor", "adamw: decay=befor is unknown; did you mean \"before\"?"),
      ("adamw:decay=1", "adamw: decay=1 is unknown; there are: before, after"),
      ("adamw:decay=constant(1)", "adamw: decay=constant(1) is unknown; there are: before, after"),
    ])
  func unknown(spec: String, message: String) { #expect(refusal(of: spec) == message) }

  @Test(
    "names what is misplaced, missing or given twice",
    arguments: [
      ("", nameless),
      (":lr=1", nameless),
      ("/adamw", nameless),
      ("clip:norm=1/", nameless),
      ("clip:norm=1//adamw", nameless),
      ("adamw/", "\"adamw\" is a rule: it comes last, and only wrappers stand before it"),
      ("adamw/clip:norm=1", "\"adamw\" is a rule: it comes last, and only wrappers stand before it"),
      ("clip", "\"clip\" is a wrapper: a rule must follow it, as in clip:…/adamw"),
      ("clip:norm=1", "\"clip\" is a wrapper: a rule must follow it, as in clip:…/adamw"),
      ("adamw:", "adamw: \"\" \(form)"),
      ("adamw:lr=1,", "adamw: \"\" \(form)"),
      ("adamw:,lr=1", "adamw: \"\" \(form)"),
      ("adamw:lr=1,,beta1=0.5", "adamw: \"\" \(form)"),
      ("adamw:lr", "adamw: \"lr\" \(form)"),
      ("adamw:0.1", "adamw: \"0.1\" \(form)"),
      ("adamw:lr=", "adamw: \"lr=\" \(form)"),
      ("adamw:=1", "adamw: \"=1\" \(form)"),
      ("adamw:lr=1,lr=1", "adamw: lr is given twice"),
      ("adamw:lr=1,beta1=0.5,lr=constant(2)", "adamw: lr is given twice"),
      ("clip:norm=1,norm=2/adamw", "clip: norm is given twice"),
    ])
  func misplaced(spec: String, message: String) { #expect(refusal(of: spec) == message) }

  @Test(
    "names a value that is none, and the range",
    arguments: [
      ("adamw:lr=fast", "adamw: lr=fast is not a number; it takes one in [0, ∞)"),
      ("adamw:lr==1", "adamw: lr==1 is not a number; it takes one in [0, ∞)"),
      ("adamw:lr=0x1p-3", "adamw: lr=0x1p-3 is not a number; it takes one in [0, ∞)"),
      ("adamw:lr=1 ", "adamw: lr=1  is not a number; it takes one in [0, ∞)"),
      ("adamw:lr=nan", "adamw: lr=nan is not a number; it takes one in [0, ∞)"),
      ("adamw:lr=inf", "adamw: lr=inf is not a number; it takes one in [0, ∞)"),
      ("adamw:lr=true", "adamw: lr=true is not a number; it takes one in [0, ∞)"),
      ("adamw:beta1=x", "adamw: beta1=x is not a number; it takes one in [0, 1)"),
      ("adamw:lr=1e400", "adamw: lr=1e400 is out of range [0, ∞)"),
      ("adamw:lr=-1e-9", "adamw: lr=-1e-9 is out of range [0, ∞)"),
      ("adamw:beta1=1", "adamw: beta1=1 is out of range [0, 1)"),
      ("adamw:beta2=-0.1", "adamw: beta2=-0.1 is out of range [0, 1)"),
      ("sgd:dampening=1.5", "sgd: dampening=1.5 is out of range [0, 1]"),
      ("muon:steps=100", "muon: steps=100 is out of range [0, 99]"),
      ("muon:steps=-1", "muon: steps=-1 is out of range [0, 99]"),
      ("muon:steps=2.5", "muon: steps=2.5 is not a whole number"),
      ("muon:steps=five", "muon: steps=five is not a number; it takes one in [0, 99]"),
      ("clip:value=-1/adamw", "clip: value=-1 is out of range [0, ∞)"),
      ("sgd:nesterov=yes", "sgd: nesterov=yes is neither true nor false"),
      ("sgd:nesterov=1", "sgd: nesterov=1 is neither true nor false"),
      ("sgd:nesterov=constant(1)", "sgd: nesterov=constant(1) is neither true nor false"),
      ("sgd:nesterov=true", "sgd: nesterov wants momentum above 0 and dampening 0"),
      (
        "sgd:nesterov=true,momentum=0.9,dampening=0.1", "sgd: nesterov wants momentum above 0 and dampening 0"
      ),
      ("clip/adamw", "clip: clip wants exactly one of value, norm and global-norm"),
      ("clip:norm=1,value=1/adamw", "clip: clip wants exactly one of value, norm and global-norm"),
    ])
  func values(spec: String, message: String) { #expect(refusal(of: spec) == message) }

  @Test("closes and opens its parentheses", arguments: ["sgd:lr=constant(1", "sgd:lr=constant(1))", "sgd)(", ")"])
  func parentheses(spec: String) { #expect(refusal(of: spec) == "\"\(spec)\": parentheses do not match") }

  @Test("a rule in its Swift form is held to the same ranges")
  func swiftForm() {
    #expect(refusal { _ = try OptimizerSpec(AdamW(learningRate: -1)) } == "adamw: lr=-1.0 is out of range [0, ∞)")
    #expect(
      refusal { _ = try OptimizerSpec(AdamW(learningRate: .nan)) } == "adamw: lr=nan is out of range [0, ∞)")
    #expect(
      refusal { _ = try OptimizerSpec(Lion(learningRate: 1, beta2: 1)) } == "lion: beta2=1.0 is out of range [0, 1)")
    #expect(
      refusal { _ = try OptimizerSpec(Muon(learningRate: 1, orthogonalizer: Orthogonalizer(steps: 100))) }
        == "muon: steps=100.0 is out of range [0, 99]")
    #expect(
      refusal { _ = try OptimizerSpec(SGD(learningRate: 1, nesterov: true)) }
        == "sgd: nesterov wants momentum above 0 and dampening 0")
  }
}
