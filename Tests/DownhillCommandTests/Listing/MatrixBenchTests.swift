import Testing

/// What the clock says is Benchmarks' business; here only that there is an answer, and of what form.
@Suite("The benchmarks of Muon")
struct MatrixBenchTests {
  @Test("a step has the members of the contract", arguments: ["bf16", "f32"])
  func step(precision: String) async throws {
    let result = try await json([
      "bench", "muon", "--shapes", "20x30x2,16x16", "--precision", precision, "--rounds", "1",
    ])
    let members = ["shapes", "milliseconds", "orthogonalizer", "precision", "rmsError", "flops", "peakFlops"]
    #expect(try result.names.filter { members.contains($0) } == members)
    #expect(try result["shapes"].elements.map { try $0.string } == ["20x30x2", "16x16"])
    #expect(try result["orthogonalizer"].string == "quintic" && result["precision"].string == precision)
    // XXᵀ and R², half of each, and PX, five times: (3m + n)n² for each matrix.
    let (wide, square) = ((3 * 30 + 20) * 400, (3 * 16 + 16) * 256)
    #expect(try result["flops"].double == Double(5 * (2 * wide + square)))
    #expect(try result["milliseconds"].double > 0 && result["peakFlops"].double > 1e8)
    let error = try result["rmsError"].double
    // Of matrices this small, with singular values down to 1e-6, plain products of rounded operands lose 0.17 to 0.23.
    #expect(error > 0 && error < (precision == "bf16" ? 0.3 : 2e-3))
  }

  @Test("an orthogonalisation has a row a shape")
  func orthogonalize() async throws {
    let arguments = [
      "bench", "orthogonalize", "--shapes", "8x40,40x8x3", "--precision", "f32", "--rounds", "1", "--steps", "2",
      "--orthogonalizer", "polar-express",
    ]
    let result = try await json(arguments)
    #expect(try result["orthogonalizer"].string == "polar-express")
    let rows = try result["shapes"].elements
    #expect(try rows.map { try $0["shape"].string } == ["8x40", "40x8x3"])
    for row in rows {
      #expect(try row["rmsError"].double < 1e-4)
      #expect(try row["algorithm"].string.hasPrefix("gram, f32"))
    }
    #expect(try rows[1]["flops"].double == 3 * rows[0]["flops"].double)
    let text = try await output(arguments)
    #expect(text.contains("\n8x40 ") && text.contains("\n40x8x3 "))
  }
}
