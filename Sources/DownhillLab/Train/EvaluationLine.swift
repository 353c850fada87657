/// An evaluation as a line of the report.
struct EvaluationLine {
  private let progress: TrainProgress
  private let measurement: HeldOutMeasurement
  private let total: Int

  init(_ progress: TrainProgress, _ measurement: HeldOutMeasurement, of total: Int) {
    (self.progress, self.measurement, self.total) = (progress, measurement, total)
  }

  var text: String {
    var parts = ["step \(progress.step)/\(total)"]
    if let loss = progress.trainLoss { parts.append("train \(readable(loss))") }
    parts.append("held-out \(readable(measurement.loss))")
    if let perplexity = measurement.perplexity { parts.append("perplexity \(readable(perplexity))") }
    if let accuracy = measurement.accuracy { parts.append("accuracy \(readable(100 * accuracy)) %") }
    if let topFive = measurement.topFive { parts.append("top-5 \(readable(100 * topFive)) %") }
    return parts.joined(separator: "  ") + "\n"
  }
}
