import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// y = f(x·Wᵀ + b): a fully connected layer with its activation.
  /// - Parameters:
  ///   - x: […, in].
  ///   - weight: [out, in].
  ///   - bias: [out].
  ///   - activation: f.
  /// - Returns: […, out].
  public func linear(
    _ x: Value, _ weight: Value, _ bias: Value? = nil, activation: ActivationKind = .identity
  ) -> Value {
    let x = plain(x)
    let (inner, outer) = (shape(of: weight).columns, shape(of: weight).rows)
    precondition(shape(of: x).dimensions.last == inner, "\(shape(of: x)) does not end in \(inner)")
    let output = make(Shape(shape(of: x).dimensions.dropLast() + [outer]))
    let before = activation == .identity ? nil : make(shape(of: output))
    let isNarrow = productPrecision.computed == .bfloat16
    let narrow = { (value: Value) in isNarrow ? self.make([halfCount(self.shape(of: value).count)]) : nil }
    append(
      Linear(
        x: x, weight: weight, bias: bias, output: output, before: before, activation: activation,
        rows: shape(of: x).count / max(inner, 1), inner: inner, outer: outer, narrowX: narrow(x),
        narrowWeight: narrow(weight)))
    return output
  }
}

struct Linear: Operation {
  let x, weight: Value
  let bias: Value?
  let output: Value
  /// What goes into the activation; where the program trains, the activation's slope there takes its place.
  let before: Value?
  let activation: ActivationKind
  let rows, inner, outer: Int
  /// Input and weight in numbers of 16 bits, where products are of those.
  let narrowX, narrowWeight: Value?

  var inputs: [Value] { [x, weight] + (bias.map { [$0] } ?? []) }
  var outputs: [Value] { [output] + [before, narrowX, narrowWeight].compactMap { $0 } }
  var readsBackward: [Value] {
    if let narrowX, let narrowWeight { [narrowX, narrowWeight] } else { [x, weight] }
  }
  var overwritesBackward: [Value] { before.map { [$0] } ?? [] }
  var productFlops: Double { 2 * Double(rows) * Double(inner) * Double(outer) }

  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double {
    Double([x, weight].count { wants($0) }) * productFlops
  }

  func makeKernel(_ request: KernelRequest) -> (any OperationKernel)? {
    narrowX == nil
      ? nil : LinearKernel(rows: rows, inner: inner, outer: outer, request, x: x, weight: weight)
  }

  func forward(_ memory: Memory) {
    let target = memory(before ?? output)
    multiply(into: target, memory)
    guard bias != nil || before != nil else { return }
    let bias = bias.map { UnsafePointer(memory($0)) }
    let (result, trains) = (memory(output), memory.isTraining)
    memory.loop.forEachBlock(of: rows, atLeast: 4096 / max(outer, 1)) { rows, _ in
      let start = rows.lowerBound * outer
      if let bias { dh_add_bias(target + start, bias, rows.count, outer) }
      guard before != nil else { return }
      if trains {
        dh_activate_with_slope(activation.kernel, target + start, result + start, rows.count * outer)
      } else {
        dh_activate(activation.kernel, target + start, result + start, rows.count * outer)
      }
    }
  }

  private func multiply(into target: UnsafeMutablePointer<Float>, _ memory: Memory) {
    guard let narrowX, let narrowWeight, let kernel = memory.kernel as? LinearKernel else {
      OneDNN.gemm(false, true, rows, outer, inner, 1, memory(x), inner, memory(weight), inner, 0, target, outer)
      return
    }
    let (x, w) = (halves(memory(narrowX)), halves(memory(narrowWeight)))
    narrow(memory(self.x), rows * inner, into: x, on: memory.loop)
    narrow(memory(weight), outer * inner, into: w, on: memory.loop)
    kernel.forward(x, w, into: target, memory.sharedWorkspace)
  }

  func backward(_ memory: Memory) {
    var slope = memory.gradient(output)
    if let before {
      // The activation's slope is not wanted any more: its memory takes the gradient of what goes into it.
      let (z, dy) = (memory(before), memory.gradient(output))
      memory.loop.forEachBlock(of: rows, atLeast: 4096 / max(outer, 1)) { rows, _ in
        let start = rows.lowerBound * outer
        dh_multiply(z + start, dy + start, z + start, rows.count * outer, 0)
      }
      slope = z
    }
    if let bias, memory.wantsGradient(bias) { addRows(slope, rows, outer, to: bias, memory) }
    if let narrowX, let narrowWeight, let kernel = memory.kernel as? LinearKernel {
      backward(slope, halves(memory(narrowX)), halves(memory(narrowWeight)), kernel, memory)
    } else {
      backward(slope, memory)
    }
  }

  private func backward(_ slope: UnsafePointer<Float>, _ memory: Memory) {
    if memory.wantsGradient(weight) {
      OneDNN.gemm(
        true, false, outer, inner, rows, 1, slope, outer, memory(x), inner, memory.adds(to: weight) ? 1 : 0,
        memory.gradient(weight), inner)
    }
    if memory.wantsGradient(x) {
      OneDNN.gemm(
        false, false, rows, inner, outer, 1, slope, outer, memory(weight), inner, memory.adds(to: x) ? 1 : 0,
        memory.gradient(x), inner)
    }
  }

  private func backward(
    _ slope: UnsafePointer<Float>, _ x: UnsafePointer<BFloat16>, _ w: UnsafePointer<BFloat16>, _ kernel: LinearKernel,
    _ memory: Memory
  ) {
    let workspace = memory.sharedWorkspace
    let dy = halves(workspace + kernel.productFloats)
    narrow(slope, rows * outer, into: dy, on: memory.loop)
    if memory.wantsGradient(weight) {
      kernel.weightGradient?(dy, x, into: memory.gradient(weight), workspace)
    }
    if memory.wantsGradient(self.x) {
      kernel.inputGradient?(dy, w, into: memory.gradient(self.x), workspace)
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (x, w) = (reference[x], reference[weight])
    let b = bias.map { reference[$0] }
    var (z, y) = ([Double](), [Double]())
    for row in 0..<rows {
      for column in 0..<outer {
        var sum = b?[column] ?? 0
        for k in 0..<inner { sum += x[row * inner + k] * w[column * inner + k] }
        z.append(sum)
        y.append(activation.value(sum))
      }
    }
    if let before { reference[before] = z }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (x, w, dy) = (reference[x], reference[weight], reference[gradient: output])
    let z = before.map { reference[$0] }
    var (dx, dw) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: w.count))
    var db = [Double](repeating: 0, count: outer)
    for row in 0..<rows {
      for column in 0..<outer {
        let place = row * outer + column
        let dz = dy[place] * (z.map { activation.slope($0[place]) } ?? 1)
        db[column] += dz
        for k in 0..<inner {
          dx[row * inner + k] += dz * w[column * inner + k]
          dw[column * inner + k] += dz * x[row * inner + k]
        }
      }
    }
    reference.add(dx, to: self.x)
    reference.add(dw, to: weight)
    if let bias { reference.add(db, to: bias) }
  }
}
