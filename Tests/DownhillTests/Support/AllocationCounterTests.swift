import TestSupport
import Testing

@Suite("Allocation counter")
struct AllocationCounterTests {
  @Test("sees an array, a class, raw memory, and nothing where there is nothing")
  func counts() throws {
    let kept = (0..<100).map { Double($0) }
    #expect(AllocationCounter.count { blackHole(kept.reduce(0, +)) } == 0)
    #expect(try #require(AllocationCounter.count { blackHole(kept.map { $0 + 1 }) }) >= 1)
    var box: Box?
    #expect(AllocationCounter.count { box = Box(kept.count) } == 1)
    blackHole(box)
    let raw = AllocationCounter.count {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 64)
      blackHole(memory)
      memory.deallocate()
    }
    #expect(raw == 1)
  }

  private final class Box {
    let value: Int
    init(_ value: Int) { self.value = value }
  }
}

/// Keeps the compiler from dropping what nobody reads.
@inline(never)
private func blackHole<Value>(_ value: Value) { withExtendedLifetime(value) {} }
