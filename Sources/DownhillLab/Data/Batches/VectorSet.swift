import DownhillBase
import DownhillFiles

/// Rows of numbers, each with a class or with numbers to predict.
struct VectorSet: SampleSet {
  let form: SampleForm
  let count: Int
  private let features: [Float]
  /// One a row, or none.
  let labels: [Int32]
  /// So many a row, or none.
  private let targets: [Float]

  /// Rows with a class each.
  init(features: [Float], width: Int, labels: [Int32], classes: Int) {
    form = SampleForm(input: .vector(features: width), target: .classes(classes))
    count = labels.count
    (self.features, self.labels, targets) = (features, labels, [])
  }

  /// Rows with numbers to predict.
  init(features: [Float], width: Int, targets: [Float], outputs: Int) {
    form = SampleForm(input: .vector(features: width), target: .numbers(outputs))
    count = targets.count / outputs
    (self.features, labels, self.targets) = (features, [], targets)
  }

  func write(_ place: Int, _ random: CounterRandom?, to row: BatchRow) throws(FileError) {
    let width = form.numberCount
    for column in 0..<width { row.numbers[column] = features[place * width + column] }
    if let label = labels.isEmpty ? nil : labels[place] { row.classes.pointee = label }
    let outputs = form.targetNumberCount
    for column in 0..<outputs { row.targets[column] = targets[place * outputs + column] }
  }

  /// The squared length of each row, with 1 for the bias: what the smoothness of a regression's loss is proportional to.
  var squaredNorms: [Double] {
    let width = form.numberCount
    return (0..<count).map { row in
      features[row * width..<(row + 1) * width].reduce(1) { $0 + Double($1) * Double($1) }
    }
  }
}
