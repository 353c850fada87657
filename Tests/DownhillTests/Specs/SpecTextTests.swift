import Downhill
import DownhillBase
import DownhillMatrix
import Testing

@Suite("The text of a spec")
struct SpecTextTests {
  @Test("reads back to the same spec, for everything that the laws run over")
  func testedRules() throws {
    for rule in TestedRules.all { try expectRoundTrip(rule.text) }
  }

  @Test("reads back to the same spec, for ten thousand specs at random")
  func generated() throws {
    var (lengths, names) = (0, Set<String>())
    for stream in 0..<10_000 {
      var generator = SpecGenerator(seed: 1, stream: UInt64(stream))
      let text = generator.spec()
      try expectRoundTrip(text)
      lengths += text.utf8.count
      names.insert(String(text.split(separator: "/").last?.prefix { $0 != ":" } ?? ""))
    }
    // Not all of them short, and none of the rules forgotten.
    #expect(lengths > 10_000 * 40)
    #expect(names == Set(Catalogue.full.rules.map { $0.name.description }))
  }

  private func expectRoundTrip(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let spec = try Catalogue.full.parse(text)
    let again = try Catalogue.full.parse(spec.description)
    if let difference = difference(again, spec) {
      Issue.record("\(text), written as \(spec): \(difference)", sourceLocation: sourceLocation)
    }
    if again.description != spec.description {
      Issue.record("\(text), written as \(spec), then as \(again)", sourceLocation: sourceLocation)
    }
  }

  /// In the order of the knobs, without those at their defaults, numbers in their shortest form.
  @Test(
    "is canonical",
    arguments: [
      ("adamw", "adamw"),
      ("adamw:lr=0.001", "adamw"),
      ("adamw:lr=1e-3,beta1=.9,beta2=0.9990", "adamw"),
      ("adamw:beta2=0.95,lr=+3E-4", "adamw:lr=0.0003,beta2=0.95"),
      ("adamw:lr=100e-2", "adamw:lr=1"),
      ("adamw:lr=0.00001", "adamw:lr=1e-05"),
      ("adamw:lr=123456789012345678", "adamw:lr=1.2345678901234568e+17"),
      ("adamw:amsgrad=false", "adamw"),
      ("adamw:amsgrad=true,decay=after", "adamw:amsgrad=true,decay=after"),
      ("adamw:lr=constant(0.5)", "adamw:lr=0.5"),
      ("adamw:lr=constant(1e-3)", "adamw"),
      ("adamw:lr=constant(0.5,warmup=4)", "adamw:lr=warmup(4,constant(0.5))"),
      ("sgd:lr=step(0.1)", "sgd:lr=step(0.1,every=30,factor=0.1)"),
      ("sgd:lr=exponential(0.1)", "sgd:lr=exponential(0.1,factor=0.999)"),
      ("sgd:lr=linear(0.1,total=7)", "sgd:lr=linear(0.1,total=7,final=0)"),
      (
        "sgd:lr=cosine(3e-4,warmup=200,total=5000,final=0.1)",
        "sgd:lr=warmup(200,cosine(0.0003,total=4800,final=0.1))"
      ),
      ("sgd:lr=inverse-sqrt(1,warmup=10)", "sgd:lr=warmup(10,inverse-sqrt(1,timescale=10))"),
      ("sgd:lr=inverse-sqrt(1)", "sgd:lr=inverse-sqrt(1,timescale=1)"),
      (
        "sgd:lr=join(constant(1),5,linear(1,total=3),1e1,constant(0))",
        "sgd:lr=join(constant(1),5,linear(1,total=3,final=0),10,constant(0))"
      ),
      (
        "sgd:lr=join(join(constant(1),2,constant(2)),5,join(constant(3),1,constant(4)))",
        "sgd:lr=join(join(constant(1),2,constant(2)),5,constant(3),6,constant(4))"
      ),
      ("clip:norm=1/cautious/adamw:lr=0.1", "clip:norm=1/cautious/adamw:lr=0.1"),
      ("clip:value=1.50/sgd", "clip:value=1.5/sgd"),
      (
        "muon:orthogonalizer=svd,scale=match-rms-adamw,steps=7,precision=f32,nesterov=false",
        "muon:nesterov=false,scale=match-rms-adamw,steps=7,orthogonalizer=svd,precision=f32"
      ),
    ])
  func canonical(text: String, expected: String) throws {
    #expect(try Catalogue.full.parse(text).description == expected)
  }

  @Test("gives the values of the knobs in their order")
  func values() throws {
    let spec = try Catalogue.full.parse("clip:norm=1/cautious/adamw:lr=cosine(3e-4,total=1000),beta2=0.95,amsgrad=true")
    #expect(spec.wrappers.map { $0.entry.name.description } == ["clip", "cautious"])
    #expect(spec.wrappers[0].values == [.infinity, 1, .infinity])
    #expect(spec.rule.entry.name.description == "adamw")
    #expect(spec.rule.entry.knobs.map { $0.name.description }.prefix(3) == ["lr", "beta1", "beta2"])
    #expect(spec.rule.values == [3e-4, 0.9, 0.95, 1e-8, 0.01, 1, 0])
    #expect(spec.rule.schedules.map { $0.knob } == [0])
    #expect(spec.rule.schedules.map { $0.schedule } == [.cosine(3e-4, total: 1000, final: 0)])
  }

  @Test("may be 4096 bytes long")
  func length() throws {
    let zeros = String(repeating: "0", count: 4096 - "sgd:lr=0.".utf8.count - 1)
    let longest = "sgd:lr=0.\(zeros)1"
    #expect(longest.utf8.count == 4096)
    #expect(refusal(of: longest) == nil)
    #expect(refusal(of: longest + "1") == "a spec may have 4096 bytes; this one has 4097")
  }

  @Test("may nest parentheses 8 deep")
  func nesting() {
    func nested(_ depth: Int) -> String {
      let warmups = String(repeating: "warmup(2,", count: depth - 1)
      return "sgd:lr=\(warmups)constant(1)" + String(repeating: ")", count: depth - 1)
    }
    #expect(refusal(of: nested(8)) == nil)
    #expect(refusal(of: nested(9)) == "parentheses nest 9 deep; at most 8 may")
    #expect(
      refusal(of: "sgd:lr=" + String(repeating: "(", count: 2000) + String(repeating: ")", count: 2000))
        == "parentheses nest 2000 deep; at most 8 may")
  }

  /// As many pieces as fit: each is looked at once, not twice for each one behind it.
  @Test("may join hundreds of schedules", .timeLimit(.minutes(1)))
  func longJoin() throws {
    let pieces = (1...200).map { "constant(\($0)),\($0)" }
    let text = "sgd:lr=join(\(pieces.joined(separator: ",")),constant(0))"
    let spec = try Catalogue.full.parse(text)
    #expect(spec.description == text)
    #expect(
      [0, 1, 198, 199, 200, 1000].map { spec.rule.schedules[0].schedule.value(at: $0) } == [1, 2, 199, 200, 0, 0])
  }
}
