import DownhillKernels
import Testing

@Suite("Team of threads")
struct TeamLoopTests {
  @Test("every part runs once, on a worker of its own", arguments: [1, 2, 3], [0, 1, 2, 100, 1000])
  func parts(workers: Int, count: Int) {
    let loop = TeamLoop(workerCount: workers)
    var runs = [Int](repeating: 0, count: count)
    var owners = [Int](repeating: -1, count: count)
    runs.withUnsafeMutableBufferPointer { runs in
      owners.withUnsafeMutableBufferPointer { owners in
        loop.forEach(count) { index, worker in
          runs[index] += 1
          owners[index] = worker
        }
      }
    }
    #expect(runs.allSatisfy { $0 == 1 })
    #expect(owners.allSatisfy { (0..<workers).contains($0) })
  }
}
