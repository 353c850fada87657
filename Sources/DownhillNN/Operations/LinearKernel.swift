import CNetworkKernels
import DownhillBase
import DownhillKernels

/// The three products of a linear layer in bfloat16.
final class LinearKernel: OperationKernel {
  let forward: BFloat16Product
  let weightGradient, inputGradient: BFloat16Product?
  /// Floats of the workspace that are oneDNN's.
  let productFloats: Int
  let workspaceShared: Int

  init?(rows: Int, inner: Int, outer: Int, _ request: KernelRequest, x: Value, weight: Value) {
    guard let forward = BFloat16Product(false, true, rows, outer, inner, adds: false) else { return nil }
    self.forward = forward
    weightGradient =
      request.trains && request.wantsGradient(weight)
      ? BFloat16Product(true, false, outer, inner, rows, adds: request.adds(weight)) : nil
    inputGradient =
      request.trains && request.wantsGradient(x)
      ? BFloat16Product(false, false, rows, inner, outer, adds: request.adds(x)) : nil
    let bytes = [forward, weightGradient, inputGradient].reduce(0) { max($0, $1?.workspaceBytes ?? 0) }
    productFloats = padded(bytes / MemoryLayout<Float>.stride + 16)
    workspaceShared = productFloats + (request.trains ? padded(halfCount(rows * outer)) : 0)
  }
}

/// How many floats of memory so many numbers of 16 bits take.
func halfCount(_ count: Int) -> Int { (count + 1) / 2 }

/// The same memory as numbers of 16 bits.
func halves(_ memory: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<BFloat16> {
  UnsafeMutableRawPointer(memory).assumingMemoryBound(to: BFloat16.self)
}

/// Rounds numbers to 16 bits.
func narrow(
  _ x: UnsafePointer<Float>, _ count: Int, into y: UnsafeMutablePointer<BFloat16>, on loop: TeamLoop
) {
  let target = UnsafeMutableRawPointer(y).assumingMemoryBound(to: UInt16.self)
  loop.forEachBlock(of: count, atLeast: 8192) { range, _ in
    dh_narrow(x + range.lowerBound, target + range.lowerBound, range.count)
  }
}
