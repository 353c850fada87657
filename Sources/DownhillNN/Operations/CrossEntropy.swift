import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// The mean of weight · −ln softmax(logits)[target] over the rows whose target is not negative.
  /// - Parameters:
  ///   - logits: […, classes].
  ///   - targets: One a row, in 0..<classes; negative ones do not count.
  ///   - weights: What each item counts, whose rows lie one behind the other; 1 where nil. The sum is divided by the number
  ///     of rows all the same, as importance sampling wants it.
  ///   - smoothing: The share of the target that is spread over all classes; Szegedy et al. 2016, arXiv:1512.00567.
  /// - Returns: One number.
  public func crossEntropy(_ logits: Value, _ targets: Value, weights: Value? = nil, smoothing: Double = 0) -> Value {
    let classes = shape(of: logits).dimensions.last ?? 1
    let rows = shape(of: logits).count / max(classes, 1)
    precondition(shape(of: targets).count == rows, "\(shape(of: targets)) are no targets of \(shape(of: logits))")
    let items = weights.map { shape(of: $0).count } ?? max(rows, 1)
    precondition(items > 0 && rows % items == 0, "\(items) weights for \(rows) rows")
    let output = make([])
    append(
      CrossEntropy(
        logits: logits, targets: targets, weights: weights, output: output, logSums: make([rows]), rows: rows,
        classes: classes, rowsPerItem: max(rows / items, 1), smoothing: smoothing))
    return output
  }
}

struct CrossEntropy: Operation {
  let logits, targets: Value
  let weights: Value?
  let output: Value
  /// ln Σ e^logit of each row.
  let logSums: Value
  let rows, classes, rowsPerItem: Int
  let smoothing: Double

  var inputs: [Value] { [logits] + (weights.map { [$0] } ?? []) }
  var outputs: [Value] { [output, logSums] }
  var readsBackward: [Value] { [logits, logSums] }
  var workspaceShared: Int { rows }
  /// A row of gradients where another reader of the logits has left some.
  var workspacePerWorker: Int { classes }

  func forward(_ memory: Memory) {
    let (logits, targets, logSums) = (memory(logits), memory.whole(targets), memory(logSums))
    let (losses, weights) = (memory.sharedWorkspace, weights.map { memory($0) })
    memory.loop.forEachBlock(of: rows, atLeast: max(4096 / max(classes, 1), 1)) { range, _ in
      for row in range {
        let values = logits + row * classes
        let logSum = dh_log_sum_exp(values, classes)
        logSums[row] = logSum
        guard targets[row] >= 0 else { continue }
        let mean = smoothing == 0 ? 0 : dh_sum(values, classes) / Float(classes)
        let kept = Float(1 - smoothing) * values[Int(targets[row])] + Float(smoothing) * mean
        losses[row] = (logSum - kept) * (weights?[row / rowsPerItem] ?? 1)
      }
    }
    var (sum, count) = (0.0, 0)
    for row in 0..<rows where targets[row] >= 0 {
      sum += Double(losses[row])
      count += 1
    }
    memory(output).pointee = Float(sum / Double(max(count, 1)))
  }

  func backward(_ memory: Memory) {
    let (values, targets, logSums) = (memory(logits), memory.whole(targets), memory(logSums))
    let (gradient, adds) = (memory.gradient(logits), memory.adds(to: logits))
    let count = (0..<rows).reduce(0) { targets[$1] >= 0 ? $0 + 1 : $0 }
    let mean = memory.gradient(output).pointee / Float(max(count, 1))
    let (spread, weights) = (Float(smoothing) / Float(classes), weights.map { memory($0) })
    memory.loop.forEachBlock(of: rows, atLeast: max(4096 / max(classes, 1), 1)) { range, worker in
      for row in range {
        let result = gradient + row * classes
        let target = adds ? memory.workspace(of: worker) : result
        guard targets[row] >= 0 else {
          if !adds { target.update(repeating: 0, count: classes) }
          continue
        }
        let scale = weights.map { mean * $0[row / rowsPerItem] } ?? mean
        dh_exp_shifted(values + row * classes, target, logSums[row], scale, classes)
        if spread != 0 { for place in 0..<classes { target[place] -= scale * spread } }
        target[Int(targets[row])] -= scale * Float(1 - smoothing)
        if adds { dh_accumulate(result, target, 1, classes) }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (logits, targets) = (reference[logits], reference.whole(targets))
    let weights = weights.map { reference[$0] }
    var (sum, count) = (0.0, 0)
    for row in 0..<rows where targets[row] >= 0 {
      let values = Array(logits[row * classes..<(row + 1) * classes])
      let logSum = logSumExp(values)
      let mean = values.reduce(0, +) / Double(classes)
      let loss = logSum - (1 - smoothing) * values[targets[row]] - smoothing * mean
      sum += loss * (weights?[row / rowsPerItem] ?? 1)
      count += 1
    }
    reference[output] = [sum / Double(max(count, 1))]
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (logits, targets) = (reference[logits], reference.whole(targets))
    let count = targets.count { $0 >= 0 }
    let mean = reference[gradient: output][0] / Double(max(count, 1))
    let weights = weights.map { reference[$0] }
    var gradient = [Double](repeating: 0, count: logits.count)
    for row in 0..<rows where targets[row] >= 0 {
      let values = Array(logits[row * classes..<(row + 1) * classes])
      let logSum = logSumExp(values)
      let scale = mean * (weights?[row / rowsPerItem] ?? 1)
      for place in 0..<classes {
        let wanted = (place == targets[row] ? 1 - smoothing : 0) + smoothing / Double(classes)
        gradient[row * classes + place] = scale * (Elementary.exp(values[place] - logSum) - wanted)
      }
    }
    reference.add(gradient, to: self.logits)
  }

  private func logSumExp(_ values: [Double]) -> Double {
    let most = values.max() ?? 0
    return most + Elementary.log(values.reduce(0) { $0 + Elementary.exp($1 - most) })
  }
}
