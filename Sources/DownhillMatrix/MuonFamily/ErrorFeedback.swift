import Downhill
import DownhillBase

/// What Dion2 and NorDion2 have in common: the largest lines of a sum of gradients are orthogonalised and stepped along,
/// and decay; the others wait.
struct ErrorFeedback {
  let fraction, decay: Double
  let norm: LineNorm
  let orthogonalizer: Orthogonalizer

  /// The chosen lines' memory, their places and sizes, then that of the orthogonaliser.
  private struct Memory<Scalar: WeightScalar> {
    let lines: UnsafeMutablePointer<Scalar>
    let averages: UnsafeMutablePointer<Scalar>
    let sizes: UnsafeMutablePointer<Double>
    let chosen: UnsafeMutablePointer<Int>
    let rest: UnsafeMutableRawPointer

    init(_ workspace: UnsafeMutableRawPointer, _ choice: LargestLines) {
      lines = workspace.assumingMemoryBound(to: Scalar.self)
      averages = lines + padded(choice.chosenCount * choice.length)
      let words = UnsafeMutableRawPointer(averages + padded(choice.chosenCount))
      sizes = words.assumingMemoryBound(to: Double.self)
      let places = words + 2 * padded(choice.count) * MemoryLayout<Double>.stride
      chosen = places.assumingMemoryBound(to: Int.self)
      rest = places + padded(choice.chosenCount) * MemoryLayout<Int>.stride
    }
  }

  func workspaceSize<Scalar: WeightScalar>(
    rows: Int, columns: Int, choosesRows: Bool, on machine: MatrixMachine<Scalar>
  ) -> Int {
    let choice = choice(rows: rows, columns: columns, choosesRows: choosesRows)
    let numbers = padded(choice.chosenCount * choice.length) + padded(choice.chosenCount)
    let words = 2 * padded(choice.count) + padded(choice.chosenCount)
    let stack = MatrixStack(rows: choice.chosenCount, columns: choice.length)
    return numbers * MemoryLayout<Scalar>.stride + words * MemoryLayout<Double>.stride
      + orthogonalizer.workspaceSize(for: stack, on: machine)
  }

  /// See `MatrixRule.algorithm`.
  func algorithm<Scalar: WeightScalar>(
    rows: Int, columns: Int, choosesRows: Bool, on machine: MatrixMachine<Scalar>
  ) -> String? {
    let choice = choice(rows: rows, columns: columns, choosesRows: choosesRows)
    return orthogonalizer.iteration?.choice(
      for: MatrixStack(rows: choice.chosenCount, columns: choice.length), on: machine)
  }

  private func choice(rows: Int, columns: Int, choosesRows: Bool) -> LargestLines {
    LargestLines(rows: rows, columns: columns, areRows: choosesRows, fraction: fraction, by: norm)
  }

  /// M ← M + G; D = s·O on the chosen lines, where M then decays, and 0 elsewhere.
  /// - Parameters:
  ///   - sum: M, row-major, one matrix.
  ///   - neurons: How chosen rows are evened out, and the average of each row; nil where they are not.
  func direct<Scalar: WeightScalar, Part: StatePart>(
    _ step: MatrixStep<Scalar, Part>, _ sum: UnsafeMutablePointer<Scalar>, at start: Int, rows: Int, columns: Int,
    choosesRows: Bool, scale: Double, neurons: (averages: NeuronAverages, v: UnsafeMutablePointer<Scalar>)?
  ) {
    let choice = choice(rows: rows, columns: columns, choosesRows: choosesRows)
    let memory = Memory<Scalar>(step.workspace, choice)
    let (matrix, target) = (sum + start, step.direction + start)
    for place in 0..<rows * columns {
      matrix[place] += step.gradient[start + place]
      target[place] = Scalar(nearest: 0)
    }
    let count = choice.choose(of: matrix, into: memory.chosen, sizes: memory.sizes)
    choice.gather(matrix, memory.chosen, count, into: memory.lines)
    choice.scale(matrix, memory.chosen, count, by: decay)
    orthogonalizer.orthogonalize(
      MatrixStack(rows: count, columns: choice.length), from: memory.lines, into: memory.lines,
      scale: neurons == nil ? scale : 1, workspace: memory.rest, on: step.machine, step.loop)
    if let neurons {
      for index in 0..<count { memory.averages[index] = neurons.v[memory.chosen[index]] }
      neurons.averages.evenRows(memory.lines, rows: count, columns: choice.length, memory.averages, scale: scale)
      for index in 0..<count { neurons.v[memory.chosen[index]] = memory.averages[index] }
    }
    choice.scatter(memory.lines, memory.chosen, count, into: target)
  }
}
