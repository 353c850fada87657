import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Races on matrix problems")
struct MatrixRaceTests {
  private static let problem = "matrix-least-squares:rows=4,columns=3,condition=3"

  @Test("have the members of the contract, and a loss a step")
  func members() async throws {
    let result = try await race(Self.problem, ["sgd:lr=0.5", "muon:lr=0.05"], ["--steps", "6"])
    #expect(
      try result.names == ["problem", "start", "steps", "precision", "weights", "minimum", "runs"])
    #expect(try result["start"].string == "zero")
    #expect(try result["minimum"].double == 0)
    let weights = try result["weights"].elements
    #expect(try weights.count == 1 && weights[0]["name"].string == "W" && weights[0]["shape"].doubles == [4, 3])
    for run in try result["runs"].elements {
      let contract = ["optimizer", "loss", "finalLoss", "diverged", "distance", "seconds"]
      #expect(try Array(run.names.prefix(6)) == contract)
      let loss = try run["loss"].doubles
      #expect(try loss.count == 7 && loss.last == run["finalLoss"].double && loss[6] < loss[0])
      #expect(try run["distance"].double < 1)
    }
  }

  @Test("report what each problem measures")
  func measures() async throws {
    let memory = try await race("associative-memory:rows=4,columns=4,items=8", ["muon:lr=0.5"], ["--steps", "30"])
    #expect(try memory["minimum"] == .null)
    let run = try memory["runs"].elements[0]
    #expect(try abs(run["loss"].doubles[0] - log(8)) < 1e-14)
    #expect(try (0...1).contains(run["recall"].double) && (0...1).contains(run["tailRecall"].double))
    let factors = try await race("matrix-factorization:rows=5,columns=4,rank=2", ["adam"], ["--steps", "2"])
    #expect(try factors["start"].string == "random")
    #expect(try factors["weights"].elements.map { try $0["shape"].doubles } == [[5, 2], [4, 2]])
    let noisy = try await race(Self.problem + ",noise=1", ["sgd:lr=0.5"], ["--steps", "200"])
    let last = try noisy["runs"].elements[0]
    let minimum = try noisy["minimum"].double
    #expect(try minimum > 1 && abs(last["finalLoss"].double - minimum) < 1e-2 * minimum)
  }

  @Test("repeat to the bit by the seed, and start elsewhere with another")
  func seeds() async throws {
    func losses(_ seed: String, _ more: [String] = []) async throws -> [Double] {
      try await race(Self.problem, ["muon:lr=0.05"], ["--steps", "5", "--seed", seed] + more)["runs"].elements[0][
        "loss"
      ]
      .doubles
    }
    let first = try await losses("0")
    #expect(try await losses("0") == first)
    #expect(try await losses("1") != first)
    #expect(try await losses("0", ["--noise", "0.1"]) != first)
    let single = try await losses("0", ["--precision", "f32"])
    #expect(single != first && zip(single, first).allSatisfy { abs($0 - $1) < 1e-5 * (1 + $1) })
  }

  @Test(
    "take every rule for matrices, and methods that want gradients alone", arguments: ["l-bfgs", "adafactor:lr=0.1"])
  func entrants(spec: String) async throws {
    let run = try await race(Self.problem, [spec], ["--steps", "40"])["runs"].elements[0]
    let loss = try run["loss"].doubles
    #expect(loss[40] < (spec == "l-bfgs" ? 1e-9 : 1) * loss[0])
  }

  @Test(
    "by default race rules for numbers and for matrices", arguments: ["matrix-factorization", "associative-memory"])
  func defaults(problem: String) async throws {
    let sizes = problem == "associative-memory" ? "rows=3,columns=3,items=5" : "rows=4,columns=3,rank=2"
    let runs = try await race("\(problem):\(sizes)", [], ["--steps", "60"])["runs"].elements
    #expect(try runs.contains { try $0["optimizer"].string.hasPrefix("muon") })
    for run in runs { #expect(try run["finalLoss"].double < run["loss"].doubles[0], "\(run)") }
  }

  @Test(
    "on regressions as before: their weights are a matrix", arguments: ["linear-regression", "logistic-regression"])
  func regressions(problem: String) async throws {
    let result = try await race(
      problem + ":rows=60,features=4", ["muon:lr=0.05", "adafactor:lr=0.05"], ["--steps", "20", "--spectra"])
    for run in try result["runs"].elements {
      let spectrum = try run["spectra"].elements[0]
      #expect(try spectrum["name"].string == "W" && spectrum["shape"].doubles == [5, 5])
      #expect(try run["finalLoss"].double < run["loss"].doubles[0])
    }
  }

  @Test("inspect the state of every matrix by name")
  func inspection() async throws {
    let result = try await race(
      "matrix-factorization:rows=5,columns=4,rank=2", ["muon"], ["--steps", "3", "--inspect", "2"])
    let state = try result["runs"].elements[0]["state"]["2"]
    #expect(try state.names == ["U.momentum_buffer", "V.momentum_buffer"])
    #expect(try state["U.momentum_buffer"].doubles.count == 10 && state["V.momentum_buffer"].doubles.count == 8)
  }

  @Test("list singular values where they are asked for, those that theory says")
  func spectra() async throws {
    let specs = ["muon:lr=0.05,weight-decay=0,orthogonalizer=jacobi,scale=none", "sgd:lr=0.5"]
    let runs = try await race(Self.problem, specs, ["--steps", "4", "--spectra"])["runs"].elements
    let (muon, sgd) = (try runs[0]["spectra"].elements[0], try runs[1]["spectra"].elements[0])
    #expect(try muon.names == ["name", "shape", "steps", "weights", "momentum", "update"])
    #expect(try muon["steps"].doubles == [0, 1, 2, 3])
    #expect(try muon["weights"].elements[0].doubles == [0, 0, 0])
    for update in try muon["update"].elements {
      // The exact factor, times the rate.
      for sigma in try update.doubles { #expect(abs(sigma - 0.05) < 1e-13) }
    }
    // From zero the first update is W.
    let first = try muon["update"].elements[0].doubles
    #expect(zip(try muon["weights"].elements[1].doubles, first).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(try sgd["momentum"] == .null && muon["momentum"].elements.count == 4)
    for list in try sgd["update"].elements.map({ try $0.doubles }) {
      #expect(list == list.sorted(by: >) && list.count == 3)
    }
    let plain = try await race(Self.problem, specs, ["--steps", "4"])["runs"].elements[0]
    #expect(try !plain.names.contains("spectra"))
  }

  @Test(
    "as SVG is XML, with losses and a column an optimizer",
    arguments: [
      ("associative-memory:rows=3,columns=4,items=5", ["--steps", "9"]),
      ("matrix-factorization:rows=5,columns=4,rank=2", ["--steps", "1", "--size", "column"]),
      (problem, ["--steps", "0"]), (problem, ["--optimizer", "sgd:lr=1e9", "--steps", "30", "--theme", "dark"]),
      ("logistic-regression:rows=30,features=2", ["--show", "spectra", "--steps", "5"]),
      ("matrix-least-squares:rows=1,columns=1", ["--show", "loss", "--steps", "5"]),
    ])
  func drawing(problem: String, more: [String]) async throws {
    let folder = try TemporaryFolder()
    let specs = ["--optimizer", "muon:lr=0.1", "--optimizer", "sgd:lr=0.1"]
    _ = try await output(["race", problem, "--out", "a.svg"] + specs + more, in: folder.path)
    let data = try Data(contentsOf: URL(filePath: folder.file("a.svg")))
    #expect(XMLParser(data: data).parse())
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("muon:lr=0.1<") && !text.contains("nan") && !text.contains("inf"))
    let hasSpectra = !more.contains("loss") && !more.contains("0")
    #expect(text.contains("σ of update") == hasSpectra)
    if hasSpectra { #expect(text.contains("keeps none")) }
  }

  @Test("as text have a table with what is measured")
  func text() async throws {
    let text = try await output(["race", Self.problem + ",noise=1", "--optimizer", "schedule-free-sgd:lr=0.5"])
    #expect(text.contains("W 4 × 3, least loss ") && text.contains("‖W − W*‖/‖W*‖") && text.contains("above the least"))
    #expect(text.contains("is evaluated at averaged weights: loss "))
  }

  static let wrong: [WrongInput] = [
    WrongInput(64, "race matrix-least-square", "unknown problem", "did you mean \"matrix-least-squares\"?"),
    WrongInput(64, "race matrix-least-squares:size=3", "matrix-least-squares: unknown knob \"size\"", "rows, columns"),
    WrongInput(64, "race matrix-least-squares:condition=0.5", "condition=0.5 is out of range [1, 1000000000000]"),
    WrongInput(64, "race matrix-least-squares:rows=0", "rows=0 is out of range [1, 1024]"),
    WrongInput(64, "race matrix-least-squares:rows=2000", "rows=2000 is out of range [1, 1024]"),
    WrongInput(64, "race matrix-least-squares:noise=nan", "noise=nan is not a number"),
    WrongInput(64, "race matrix-least-squares:noise=linear(1,total=5)", "noise takes no schedule"),
    WrongInput(64, "race matrix-factorization:rank=40", "rank and true-rank may be at most the lesser of rows and"),
    WrongInput(64, "race matrix-factorization:start-scale=0", "start-scale=0 is out of range [1e-12, "),
    WrongInput(64, "race associative-memory:items=1", "items=1 is out of range [2, 4096]"),
    WrongInput(64, "race associative-memory:exponent=-1", "exponent=-1 is out of range [0, 10]"),
    WrongInput(64, "race associative-memory --start 1,1", "--start is for landscapes; associative-memory is none"),
    WrongInput(64, "race associative-memory --domain 1,2", "--domain is for functions of x and y; associative-memory"),
    WrongInput(64, "race associative-memory --batch 3", "--batch is for logistic-regression", "associative-memory"),
    WrongInput(64, "race associative-memory --optimizer newton", "newton wants a Hessian", "associative-memory"),
    WrongInput(64, "race associative-memory --optimizer natural-gradient", "natural-gradient wants a Fisher matrix"),
    WrongInput(64, "race associative-memory --optimizer sophia", "sophia wants the Hessian's diagonal"),
    WrongInput(
      64, "race matrix-least-squares:rows=4 --optimizer muon:heads=3", "muon: heads=3 does not divide the 4 rows"),
    WrongInput(64, "race associative-memory --inspect 400", "--inspect 400, but there are 400 steps"),
    WrongInput(64, "race associative-memory --out a.gif", "--out FILE.gif or FILE.mp4 is for landscapes"),
    WrongInput(64, "race associative-memory --show state --out a.svg", "--show state is for landscapes"),
    WrongInput(64, "race himmelblau --show spectra --out a.svg", "--show spectra is for problems with matrices"),
    WrongInput(64, "race himmelblau --spectra", "--spectra is for problems with matrices"),
    WrongInput(64, "race himmelblau --show colours", "colours", "'spectra'"),
  ]

  @Test("refuse what they cannot do", arguments: wrong)
  func refusals(_ input: WrongInput) async throws { try await input.check() }
}
