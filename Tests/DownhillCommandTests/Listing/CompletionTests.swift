import TestSupport
import Testing

/// What the scripts of `--generate-completion-script` ask the program at the tab key.
@Suite("Completions")
struct CompletionTests {
  @Test(
    "of a spec are names, knobs and values",
    arguments: [
      ("adag", ["adagrad", "adagrad:"]), ("adamw", ["adamw", "adamw:", "adamw-variants", "adamw-variants:"]),
      ("cl", ["clip:value=", "clip:norm=", "clip:global-norm="]), ("cau", ["cautious/", "cautious-decay/"]),
      ("clip:norm=1/nov", ["clip:norm=1/novograd", "clip:norm=1/novograd:"]),
      ("lion:b", ["lion:beta1=", "lion:beta1=0.9", "lion:beta2=", "lion:beta2=0.99"]),
      (
        "lion:lr=cosine(1,total=9),beta1=0.8,b",
        ["beta2=", "beta2=0.99"].map { "lion:lr=cosine(1,total=9),beta1=0.8,\($0)" }
      ),
      ("adamw:decay=", ["adamw:decay=before", "adamw:decay=after"]), ("sgd:nesterov=t", ["sgd:nesterov=true"]),
      ("adam:lr=c", ["constant(", "cosine(", "cosine-restarts(", "cyclic("].map { "adam:lr=" + $0 }),
      ("adam:lr=cosine(1,", []), ("nobody:", []),
      ("adam:nothing=", []),
      (
        "clip:norm=",
        [
          "constant", "step", "exponential", "cosine", "cosine-restarts", "linear", "polynomial", "wsd", "one-cycle",
          "cyclic", "inverse-sqrt", "plateau", "warmup", "join",
        ].map { "clip:norm=\($0)(" }
      ),
    ])
  func spec(typed: String, expected: [String]) async throws {
    #expect(try await candidates("race", "--optimizer", typed) == expected)
    #expect(try await candidates("replay", "--optimizer", typed) == expected)
  }

  @Test(
    "of a race's optimizer are methods and perturbations, too",
    arguments: [
      ("newt", ["newton", "newton:"]), ("asa", ["asam/", "asam:rho=", "asam:p=", "asam:eta="]),
      ("l-bfgs:line-search=", ["l-bfgs:line-search=strong-wolfe", "l-bfgs:line-search=none"]),
      ("sam:p=", ["sam:p=2", "sam:p=1", "sam:p=inf"]), ("sam/adamax", ["sam/adamax", "sam/adamax:"]),
    ])
  func racer(typed: String, expected: [String]) async throws {
    #expect(try await candidates("race", "--optimizer", typed) == expected)
    if !typed.hasPrefix("sam/") { #expect(try await candidates("replay", "--optimizer", typed) == []) }
  }

  @Test(
    "of a run's optimizer are perturbations, too, but no methods",
    arguments: [
      ("sa", ["sam/", "sam:rho=", "sam:p="]), ("sam/adamax", ["sam/adamax", "sam/adamax:"]), ("newt", []),
      (
        "clip:norm=1/mu", ["muon", "muon:", "muon-clip", "muon-clip:", "muon-h", "muon-h:"].map { "clip:norm=1/\($0)" }
      ),
    ])
  func trainer(typed: String, expected: [String]) async throws {
    #expect(try await candidates("train", "--optimizer", typed) == expected)
    if expected.first == "sam/" { #expect(try await candidates("train", "--rest", typed) == []) }
  }

  @Test(
    "of a model are its knobs",
    arguments: [
      ("resnet1", ["resnet18", "resnet18:"]), ("resnet18:st", ["resnet18:stem=", "resnet18:stem=cifar"]),
      ("resnet18:stem=", ["resnet18:stem=cifar", "resnet18:stem=imagenet"]),
      ("gpt:layers=2,precision=", ["gpt:layers=2,precision=f32", "gpt:layers=2,precision=bf16"]),
    ])
  func model(typed: String, expected: [String]) async throws {
    #expect(try await candidates("train", "positional@0", typed) == expected)
  }

  @Test(
    "of a problem are landscapes, data problems and matrix problems with their settings",
    arguments: [
      ("rosenbrock:a", ["rosenbrock:a=", "rosenbrock:a=1"]), ("him", ["himmelblau"]),
      ("assoc", ["associative-memory", "associative-memory:"]),
      ("matrix-factorization:t", ["matrix-factorization:true-rank=", "matrix-factorization:true-rank=0"]),
      ("logistic-regression:loss=", ["logistic-regression:loss=sum", "logistic-regression:loss=mean"]),
    ])
  func problem(typed: String, expected: [String]) async throws {
    #expect(try await Set(candidates("race", "positional@0", typed)) == Set(expected))
  }

  @Test("go on behind a quotation mark")
  func quoted() async throws {
    #expect(try await candidates("race", "--optimizer", "'lam") == ["'lamb", "'lamb:"])
  }

  @Test("come as a script for every shell", arguments: ["bash", "zsh", "fish"])
  func scripts(shell: String) async throws {
    let script = try await output(["--generate-completion-script", shell])
    for word in ["race", "replay", "--optimizer", "---completion", "adagrad"] {
      #expect(script.contains(word), "\(word)")
    }
  }

  /// Asks as a shell's script does.
  private func candidates(_ command: String, _ argument: String, _ typed: String) async throws
    -> [String]
  {
    let run = try await downhill(
      ["---completion", command, "--", argument, "2", "\(typed.utf8.count)", "downhill", command, typed],
      environment: ["SAP_SHELL": "bash"])
    try #require(run.status == 0, "\(run.errors)")
    return run.output.split(separator: "\n").map(String.init)
  }
}
