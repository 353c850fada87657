import CNetworkKernels
import DownhillBase
import DownhillKernels

extension BatchNorm {
  /// The batch's statistics; the running ones move.
  func measure(_ x: UnsafePointer<Float>, _ memory: Memory) {
    let (sums, width) = (sums(memory), Layout.block)
    forEachPart(memory) { block, images, part in
      let moments = sums + part * 2 * width
      dh_plane_moments(
        x + plane(images.lowerBound, block), plane(1, 0), images.count, pixels, moments, moments + width)
    }
    let (means, inverses) = (memory(mean), memory(inverse))
    let (runningMean, runningVariance) = (memory(runningMean), memory(runningVariance))
    for channel in 0..<blocks * width {
      var (known, mean, deviation) = (0.0, 0.0, 0.0)
      for group in 0..<groups {
        let moments = sums + (channel / width * groups + group) * 2 * width + channel % width
        let more = Double((images * (group + 1) / groups - images * group / groups) * pixels)
        let (apart, both) = (moments[0] - mean, known + more)
        mean += apart * more / both
        deviation += moments[width] + apart * apart * known * more / both
        known = both
      }
      means[channel] = Float(mean)
      inverses[channel] = Float(1 / (deviation / count + epsilon).squareRoot())
      guard channel < channels else { continue }
      let unbiased = deviation / max(count - 1, 1)
      runningMean[channel] = Float((1 - momentum) * Double(runningMean[channel]) + momentum * mean)
      runningVariance[channel] = Float((1 - momentum) * Double(runningVariance[channel]) + momentum * unbiased)
    }
  }

  /// The running statistics.
  func recall(_ memory: Memory) {
    let (means, inverses) = (memory(mean), memory(inverse))
    let (runningMean, runningVariance) = (memory(runningMean), memory(runningVariance))
    for channel in 0..<blocks * Layout.block {
      let isReal = channel < channels
      means[channel] = isReal ? runningMean[channel] : 0
      inverses[channel] = isReal ? Float(1 / (Double(runningVariance[channel]) + epsilon).squareRoot()) : 0
    }
  }
}
