import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// Rotary positions: in each head of d numbers, number i and number i + d/2 are turned by the angle t·θ^(−2i/d), t the
  /// token's place from 0. Su et al. 2021, arXiv:2104.09864, whose pairs are neighbours; these are Llama's.
  /// - Parameters:
  ///   - x: [batch, length, heads · d].
  ///   - heads: Divides the width into heads of an even length.
  ///   - theta: θ, above 0.
  public func rotated(_ x: Value, heads: Int, theta: Double = 10_000) -> Value {
    let x = plain(x)
    let d = shape(of: x).dimensions
    let (length, half) = (d[d.count - 2], d[d.count - 1] / heads / 2)
    precondition(heads * half * 2 == d[d.count - 1], "\(heads) heads of an even length do not make \(d[d.count - 1])")
    let output = make(shape(of: x))
    let angles = (0..<length * half).map { place in
      Double(place / half) * Elementary.pow(theta, -Double(place % half) / Double(half))
    }
    append(
      Rotation(
        x: x, output: output, angles: angles, cosines: angles.map { Float(Elementary.cos($0)) },
        sines: angles.map { Float(Elementary.sin($0)) }, rows: shape(of: x).count / max(2 * heads * half, 1),
        length: length, heads: heads, half: half))
    return output
  }
}

struct Rotation: Operation {
  let x, output: Value
  /// Of each token and each pair of a head; in radians.
  let angles: [Double]
  let cosines, sines: [Float]
  let rows, length, heads, half: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) { rotate(memory(x), 1, memory(output), adds: false, memory) }

  /// Turned back: the inverse of a rotation is its transpose.
  func backward(_ memory: Memory) {
    rotate(memory.gradient(output), -1, memory.gradient(x), adds: memory.adds(to: x), memory)
  }

  private func rotate(
    _ x: UnsafePointer<Float>, _ sign: Float, _ y: UnsafeMutablePointer<Float>, adds: Bool, _ memory: Memory
  ) {
    let width = 2 * heads * half
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        guard let cosine = cosines.baseAddress, let sine = sines.baseAddress else { return }
        memory.loop.forEachBlock(of: rows, atLeast: max(8192 / max(width, 1), 1)) { range, _ in
          for row in range {
            let angle = row % length * half
            dh_rotate(
              x + row * width, cosine + angle, sine + angle, sign, y + row * width, heads, half, adds ? 1 : 0)
          }
        }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) { reference[output] = turned(reference[x], 1) }

  func backward(_ reference: inout ReferenceMemory) {
    reference.add(turned(reference[gradient: output], -1), to: x)
  }

  private func turned(_ x: [Double], _ sign: Double) -> [Double] {
    var y = x
    for place in x.indices where place % (2 * half) < half {
      let row = place / (2 * heads * half)
      let angle = angles[row % length * half + place % (2 * half)]
      let (cosine, sine) = (Elementary.cos(angle), sign * Elementary.sin(angle))
      y[place] = x[place] * cosine - x[place + half] * sine
      y[place + half] = x[place + half] * cosine + x[place] * sine
    }
    return y
  }
}
