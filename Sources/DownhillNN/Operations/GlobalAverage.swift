import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// The mean of each channel of each image. Lin et al. 2014, arXiv:1312.4400.
  /// - Parameter x: [batch, channels, rows, columns].
  /// - Returns: [batch, channels].
  public func globalAverage(_ x: Value) -> Value {
    let x = blocked(x)
    let d = shape(of: x).dimensions
    let output = make([d[0], d[1]])
    append(GlobalAverage(x: x, output: output, images: d[0], channels: d[1], pixels: d[2] * d[3]))
    return output
  }
}

struct GlobalAverage: Operation {
  let x, output: Value
  let images, channels, pixels: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  /// Calls `body` for each block of channels of each image.
  private func forEachPlane(_ memory: Memory, _ body: (_ blocked: Int, _ plain: Int, _ count: Int) -> Void) {
    let blocks = Layout.blocks(of: channels)
    memory.loop.forEach(images * blocks) { plane, _ in
      let (image, first) = (plane / blocks, plane % blocks * Layout.block)
      body(plane * pixels * Layout.block, image * channels + first, min(channels - first, Layout.block))
    }
  }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    forEachPlane(memory) { dh_plane_mean(x + $0, y + $1, pixels, $2) }
  }

  func backward(_ memory: Memory) {
    let (dx, dy, adds) = (memory.gradient(x), memory.gradient(output), memory.adds(to: x) ? CInt(1) : 0)
    forEachPlane(memory) { dh_plane_mean_backward(dy + $1, dx + $0, pixels, $2, adds) }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    reference[output] = (0..<images * channels).map { plane in
      x[plane * pixels..<(plane + 1) * pixels].reduce(0, +) / Double(pixels)
    }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let dy = reference[gradient: output]
    reference.add((0..<images * channels * pixels).map { dy[$0 / pixels] / Double(pixels) }, to: x)
  }
}
