import DownhillBase

extension BatchNorm {
  /// The places of a channel's numbers, row by row.
  private func places(_ channel: Int) -> [Int] {
    (0..<images).flatMap { image in (0..<pixels).map { (image * channels + channel) * pixels + $0 } }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (x, added) = (reference[x], residual.map { reference[$0] })
    var y = x
    for channel in 0..<channels {
      let places = places(channel)
      let n = Double(places.count)
      var mean = reference[runningMean][channel]
      var variance = reference[runningVariance][channel]
      if reference.isTraining && !isFrozen {
        mean = places.reduce(0) { $0 + x[$1] } / n
        let deviation = places.reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) }
        variance = deviation / n
        reference[runningMean][channel] += momentum * (mean - reference[runningMean][channel])
        let unbiased = deviation / max(n - 1, 1)
        reference[runningVariance][channel] += momentum * (unbiased - reference[runningVariance][channel])
      }
      let inverse = 1 / (variance + epsilon).squareRoot()
      reference[self.mean][channel] = mean
      reference[self.inverse][channel] = inverse
      for place in places {
        let z = (x[place] - mean) * inverse * reference[gain][channel] + reference[bias][channel]
        y[place] = activation.value(z + (added?[place] ?? 0))
      }
    }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (x, dy, added) = (reference[x], reference[gradient: output], residual.map { reference[$0] })
    var (dx, dz) = (x, dy)
    var (dGain, dBias) = ([Double](), [Double]())
    for channel in 0..<channels {
      let (places, gain) = (places(channel), reference[gain][channel])
      let (mean, inverse) = (reference[self.mean][channel], reference[self.inverse][channel])
      for place in places {
        let z = (x[place] - mean) * inverse * gain + reference[bias][channel] + (added?[place] ?? 0)
        dz[place] = dy[place] * activation.slope(z)
      }
      let sum = places.reduce(0) { $0 + dz[$1] }
      let sumX = places.reduce(0) { $0 + dz[$1] * (x[$1] - mean) * inverse }
      let n = isFrozen ? Double.infinity : Double(places.count)
      for place in places {
        dx[place] = gain * inverse * (dz[place] - sum / n - (x[place] - mean) * inverse * sumX / n)
      }
      dGain.append(sumX)
      dBias.append(sum)
    }
    reference.add(dx, to: self.x)
    reference.add(dGain, to: gain)
    reference.add(dBias, to: bias)
    if let residual { reference.add(dz, to: residual) }
  }
}
