import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// f(gate)·up, number by number: the middle of SwiGLU, where f is SiLU. Shazeer 2020, arXiv:2002.05202.
  /// - Parameters:
  ///   - gate: What goes into the activation.
  ///   - up: Of the same shape.
  ///   - activation: f; the plain product with `identity`.
  public func gatedProduct(_ gate: Value, _ up: Value, activation: ActivationKind = .silu) -> Value {
    precondition(shape(of: gate) == shape(of: up), "\(shape(of: gate)) cannot gate \(shape(of: up))")
    let (gate, up) = (plain(gate), plain(up))
    let output = make(shape(of: gate))
    append(GatedProduct(gate: gate, up: up, output: output, activation: activation, count: shape(of: gate).count))
    return output
  }
}

struct GatedProduct: Operation {
  let gate, up, output: Value
  let activation: ActivationKind
  let count: Int

  var inputs: [Value] { [gate, up] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [gate, up] }

  func forward(_ memory: Memory) {
    let (gate, up, y) = (memory(gate), memory(up), memory(output))
    memory.loop.forEachBlock(of: count, atLeast: 4096) { range, _ in
      let start = range.lowerBound
      dh_gate(activation.kernel, gate + start, up + start, y + start, range.count)
    }
  }

  func backward(_ memory: Memory) {
    let (gates, ups, dy) = (memory(gate), memory(up), memory.gradient(output))
    let dGate = memory.wantsGradient(gate) ? memory.gradient(gate) : nil
    let dUp = memory.wantsGradient(up) ? memory.gradient(up) : nil
    let addsUp = memory.adds(to: up)
    // What gates itself was set a moment ago, for the other factor.
    let addsGate = memory.adds(to: gate) || (dGate != nil && dGate == dUp)
    memory.loop.forEachBlock(of: count, atLeast: 4096) { range, _ in
      let start = range.lowerBound
      dh_gate_backward(
        activation.kernel, gates + start, ups + start, dy + start, dGate.map { $0 + start }, dUp.map { $0 + start },
        range.count, addsGate ? 1 : 0, addsUp ? 1 : 0)
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    reference[output] = zip(reference[gate], reference[up]).map { activation.value($0) * $1 }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (gates, ups, dy) = (reference[gate], reference[up], reference[gradient: output])
    reference.add(gates.indices.map { dy[$0] * ups[$0] * activation.slope(gates[$0]) }, to: gate)
    reference.add(gates.indices.map { dy[$0] * activation.value(gates[$0]) }, to: up)
  }
}
