extension Figure.Axis {
  /// A logarithmic axis for singular values: what lies more than so many decades below the largest shares a place at its
  /// foot, since a matrix may have zeros, or what rounding left of them.
  static func spectrum(_ values: [Double], decades: Int, label: String) -> Figure.Axis {
    let judged = values.filter(\.isFinite)
    guard let highest = judged.max(), highest > 0 else { return Figure.Axis(.linear, from: 0, to: 1, label: label) }
    let exponent = Figure.wholeNumber(Figure.logarithm(highest).rounded(.up)) - decades
    let floor = Figure.powerOfTen(Double(exponent))
    let lowest = judged.filter { $0 > floor }.min() ?? highest
    let span = max(Figure.logarithm(highest) - Figure.logarithm(lowest), 0.5)
    func below(_ value: Double, by share: Double) -> Double { value * Figure.powerOfTen(-share) }
    let isCut = judged.contains { $0 <= floor }
    let place = isCut ? below(lowest, by: max(0.12 * span, 0.3)) : lowest
    var axis = Figure.Axis(
      .log, from: below(place, by: 0.05 * span), to: below(highest, by: -0.05 * span), label: label)
    if isCut {
      let isExact = !judged.contains { $0 > 0 && $0 <= floor }
      axis.shelf = .init(place: place, range: 0...floor, label: isExact ? "0" : "<" + NumberText.power(exponent))
    }
    return axis
  }
}
