import Testing

@Suite("Wrong arguments are told by option, with what is expected")
struct WrongArgumentTests {
  static let options: [WrongInput] = [
    WrongInput(64, "ride", "ride"),
    WrongInput(64, "--colour red", "--colour"),
    WrongInput(64, "race", "<problem>"),
    WrongInput(64, "race himmelblau beale", "beale"),
    WrongInput(64, "race himmelblau --optimiser adam", "--optimiser"),
    WrongInput(64, "race himmelblau --optimizer", "--optimizer"),
    WrongInput(64, "race himmelblau --format xml", "xml", "'text'", "'json'"),
    WrongInput(64, "race himmelblau --precision bf16", "bf16", "'f64'", "'f32'"),
    WrongInput(64, "rules adam sgd", "sgd"),
    WrongInput(64, "rules --verbose", "--verbose"),
    WrongInput(64, "landscapes beale", "beale"),
    WrongInput(64, "orthogonalizers quintic", "quintic"),
    WrongInput(64, "orthogonalizers --out maps.bmp", "unknown extension \"bmp\"; there are .svg"),
    WrongInput(64, "bench walls", "walls"),
    WrongInput(64, "explain", "<optimizer>"),
    WrongInput(64, "explain adam sgd", "sgd"),
    WrongInput(64, "explain adamv", "unknown rule \"adamv\"; did you mean \"adam\"?"),
    WrongInput(64, "explain adam --theme grey", "grey", "'light'", "'dark'"),
    WrongInput(64, "explain adam --size wide", "--size", "wide"),
    WrongInput(64, "replay", "--optimizer"),
    WrongInput(64, "replay --optimizer adam --weights W --out O", "--gradients"),
  ]

  static let numbers: [WrongInput] = [
    WrongInput(64, "race himmelblau --steps -1", "--steps -1 is out of range [0, 10000000]"),
    WrongInput(64, "race himmelblau --steps 10000001", "--steps 10000001 is out of range [0, 10000000]"),
    WrongInput(64, "race himmelblau --steps 1.5", "--steps", "1.5"),
    WrongInput(64, "race himmelblau --steps 99999999999999999999", "--steps", "99999999999999999999"),
    WrongInput(64, "race himmelblau --steps ten", "--steps", "ten"),
    WrongInput(64, arguments: ["race", "himmelblau", "--steps", ""], "--steps"),
    WrongInput(64, "race himmelblau --seed -1", "--seed", "-1"),
    WrongInput(64, "race himmelblau --seed 18446744073709551616", "--seed", "18446744073709551616"),
    WrongInput(64, "race himmelblau --noise -0.5", "--noise -0.5 is out of range [0, ∞)"),
    WrongInput(64, "race himmelblau --noise nan", "--noise nan is out of range [0, ∞)"),
    WrongInput(64, "race himmelblau --noise inf", "--noise inf is out of range [0, ∞)"),
    WrongInput(64, "race himmelblau --noise loud", "--noise", "loud"),
    WrongInput(64, "race himmelblau --start 1", "--start has 1 coordinates", "himmelblau has 2 dimensions"),
    WrongInput(64, "race himmelblau --start 1,2,3", "--start has 3 coordinates"),
    WrongInput(64, "race himmelblau --start 1,", "--start", "'1,'"),
    WrongInput(64, "race himmelblau --start 1;2", "--start", "'1;2'"),
    WrongInput(64, "race himmelblau --start 1,nan", "--start", "'1,nan'"),
    WrongInput(64, "race himmelblau --start 1,1e999", "--start", "'1,1e999'"),
    WrongInput(64, arguments: ["race", "himmelblau", "--start", ""], "--start"),
    WrongInput(64, "race himmelblau --inspect 0,-1", "--inspect", "'0,-1'"),
    WrongInput(64, "race himmelblau --inspect 5 --steps 5", "--inspect 5", "5 steps"),
    WrongInput(64, "race himmelblau --inspect 0 --steps 0", "--inspect 0", "0 steps"),
    WrongInput(64, "explain adam --steps 0", "--steps 0 is out of range [1, 1000000]"),
    WrongInput(64, "orthogonalizers --steps 100", "--steps 100 is out of range [0, 99]"),
    WrongInput(64, "orthogonalizers --steps -1", "--steps -1 is out of range [0, 99]"),
    WrongInput(64, "explain adam --steps 1000001", "--steps 1000001 is out of range [1, 1000000]"),
    WrongInput(64, "explain adam --gradient 0", "--gradient 0.0 is out of range (0, ∞)"),
    WrongInput(64, "explain adam --gradient -1", "--gradient -1.0 is out of range (0, ∞)"),
    WrongInput(64, "explain adam --gradient inf", "--gradient inf is out of range (0, ∞)"),
    WrongInput(64, "bench rules --count 0", "--count 0 is out of range [1, 1000000000]"),
    WrongInput(64, "bench rules --count -5", "--count -5 is out of range"),
    WrongInput(64, "bench rules --count 1000000001", "--count 1000000001 is out of range"),
    WrongInput(64, "bench rules --rounds 0", "--rounds 0 is out of range [1, 1000]"),
    WrongInput(64, "bench rules --threads 0", "--threads 0 is out of range [1, 1024]"),
    WrongInput(64, "bench muon --shapes 768", "\"768\" is no shape"),
    WrongInput(64, "bench muon --shapes 3x4,", "\"\" is no shape"),
    WrongInput(64, "bench muon --shapes 3x0", "\"3x0\" is no shape"),
    WrongInput(64, "bench muon --shapes 3x4x5x6", "\"3x4x5x6\" is no shape"),
    WrongInput(64, "bench muon --shapes 1000000x1000000", "numbers in all"),
    WrongInput(64, "bench muon --precision f64", "--precision f64: expected bf16 or f32"),
    WrongInput(64, "bench muon --orthogonalizer quintik", "--orthogonalizer quintik: expected one of quintic"),
    WrongInput(64, "bench muon --rounds 0", "--rounds 0 is out of range [1, 1000]"),
    WrongInput(64, "bench train --model gtp", "unknown model \"gtp\""),
    WrongInput(64, "bench train --model gpt:layers=0", "layers=0"),
    WrongInput(64, "bench train --model gpt:heads=3", "heads must divide width"),
    WrongInput(64, "bench train --precision f64", "--precision f64: expected f32 or bf16"),
    WrongInput(64, "bench train --batch 0", "--batch 0 is out of range [1, 65536]"),
    WrongInput(64, "bench train --threads 0", "--threads 0 is out of range [1, 1024]"),
    WrongInput(64, "bench train --seconds -1", "--seconds -1.0 is out of range [0, 3600]"),
    WrongInput(64, "bench train --optimizer adamv", "adamv"),
    WrongInput(64, "bench train --optimizer sam/sgd", "takes a second gradient"),
    WrongInput(64, "bench orthogonalize --threads 0", "--threads 0 is out of range [1, 1024]"),
    WrongInput(64, "bench orthogonalize --steps 100", "--steps 100 is out of range [1, 99]"),
    WrongInput(64, "replay --optimizer adam --weights W --gradients G --out O --steps -1", "--steps -1"),
  ]

  /// Each is right by itself; together they ask for what is not there.
  static let conflicts: [WrongInput] = [
    WrongInput(64, "race himmelblau --data a.csv --target y", "--data", "himmelblau", "logistic-regression"),
    WrongInput(64, "race himmelblau --data a.csv", "--target COLUMN"),
    WrongInput(64, "race himmelblau --target y", "--data FILE"),
    WrongInput(64, "race himmelblau --batch 3", "--batch", "himmelblau", "logistic-regression"),
    WrongInput(64, "race himmelblau --held-out 0.5", "--held-out", "himmelblau", "logistic-regression"),
    WrongInput(64, "race linear-regression --start 1,2", "--start", "start=zero or start=random"),
    WrongInput(64, "race linear-regression --batch 0", "--batch 0 is out of range [1, ∞)"),
    WrongInput(64, "race linear-regression:rows=50 --batch 41", "--batch 41", "40 rows"),
    WrongInput(64, "race linear-regression --held-out 1", "--held-out 1.0 is out of range [0, 1)"),
    WrongInput(64, "race linear-regression --held-out -0.1", "--held-out -0.1 is out of range [0, 1)"),
    WrongInput(64, "race linear-regression --held-out nan", "--held-out nan is out of range [0, 1)"),
    WrongInput(
      64, "race linear-regression --optimizer adam --optimizer sophia:lr=0.1",
      "sophia:lr=0.1 wants the Hessian's diagonal", "linear-regression", "landscape"),
    WrongInput(
      64, "replay --optimizer sophia --weights W --gradients G --out O", "sophia wants the Hessian's diagonal",
      "recording"),
  ]

  @Test("An option or argument that is not known, or is missing", arguments: options)
  func option(_ input: WrongInput) async throws { try await input.check() }

  @Test("A number", arguments: numbers)
  func number(_ input: WrongInput) async throws { try await input.check() }

  @Test("Options that do not go together", arguments: conflicts)
  func conflict(_ input: WrongInput) async throws { try await input.check() }
}
