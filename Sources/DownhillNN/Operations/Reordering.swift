import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// Images with blocks of channels, as convolutions want them: made where they are plain.
  func blocked(_ x: Value) -> Value {
    guard layout(of: x) == .plain else { return x }
    return reordered(x, .blocked)
  }

  /// The numbers row by row.
  func plain(_ x: Value) -> Value {
    guard layout(of: x) == .blocked else { return x }
    return reordered(x, .plain)
  }

  private func reordered(_ x: Value, _ layout: Layout) -> Value {
    let dimensions = shape(of: x).dimensions
    let output = make(shape(of: x), layout)
    append(
      Reordering(
        x: x, output: output, toBlocks: layout == .blocked, images: dimensions[0], channels: dimensions[1],
        pixels: dimensions[2] * dimensions[3]))
    return output
  }
}

/// The same numbers in the other layout.
struct Reordering: Operation {
  let x, output: Value
  let toBlocks: Bool
  let images, channels, pixels: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) { move(memory(x), memory(output), toBlocks, adds: false, memory) }

  func backward(_ memory: Memory) {
    move(memory.gradient(output), memory.gradient(x), !toBlocks, adds: memory.adds(to: x), memory)
  }

  private func move(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ toBlocks: Bool, adds: Bool,
    _ memory: Memory
  ) {
    let blocks = Layout.blocks(of: channels)
    memory.loop.forEach(images * blocks) { part, _ in
      let (image, first) = (part / blocks, part % blocks * Layout.block)
      let (plain, blocked) = ((image * channels + first) * pixels, part * pixels * Layout.block)
      let count = min(channels - first, Layout.block)
      if toBlocks {
        dh_to_block(source + plain, target + blocked, pixels, count, adds ? 1 : 0)
      } else {
        dh_from_block(source + blocked, target + plain, pixels, count, adds ? 1 : 0)
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) { reference[output] = reference[x] }

  func backward(_ reference: inout ReferenceMemory) { reference.add(reference[gradient: output], to: x) }
}
