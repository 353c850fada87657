import Downhill
import DownhillBase
import DownhillMatrix
import DownhillThreads
import Testing

/// Several matrices in one optimizer: some stepped by all workers together, some each by one.
@Suite("Matrices side by side")
struct MatrixScheduleTests {
  /// One that outweighs the others, equal ones, an odd number of them, empty ones between.
  static let sets: [[Shape]] = [
    [[40, 30]], [[12, 10], [12, 10]], [[8, 8], [8, 8], [8, 8]], [[60, 40], [5, 7], [7, 5], [0, 4], [1, 1]],
    Array(repeating: [9, 11], count: 8),
  ]

  @Test("move as they do alone, to the bit, on any number of workers", arguments: ["muon:lr=0.1", "adafactor"], sets)
  func sameBits(spec: String, shapes: [Shape]) throws {
    let named = Dictionary(uniqueKeysWithValues: shapes.enumerated().map { ("tensor\($0.offset)", $0.element) })
    func moved(_ shapes: [String: Shape], _ loop: some ParallelLoop) throws -> [String: [Float]] {
      var optimizer = try Optimizer<Float>(spec, from: .full, for: shapes, on: loop)
      var weights = shapes.mapValues { [Float](repeating: 0.5, count: $0.count) }
      for number in 0..<3 {
        let gradients = shapes.map { name, shape in
          let random = CounterRandom(seed: UInt64(number), stream: UInt64(name.utf8.last ?? 0))
          return (name, (0..<shape.count).map { Float(random.normal(at: UInt64($0))) })
        }
        optimizer.update(&weights, along: Dictionary(uniqueKeysWithValues: gradients))
        // A copy has scratch memory of its own.
        let copy = optimizer
        optimizer = copy
      }
      return weights
    }
    let serial = try moved(named, .serial)
    #expect(serial.values.allSatisfy { $0.allSatisfy { $0.isFinite && $0 != 0.5 } })
    for workers in [2, 3, 5] {
      let found = try moved(named, DispatchLoop(workerCount: workers))
      #expect(found == serial, "\(workers)")
    }
    for (name, shape) in named { #expect(try moved([name: shape], .serial)[name] == serial[name], "\(shape)") }
  }
}
