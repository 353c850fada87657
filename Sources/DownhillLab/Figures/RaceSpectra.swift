extension RaceFigure {
  /// Whose singular values a row of panels shows.
  private enum Quantity: CaseIterable {
    case weights
    case momentum
    case update

    func label(_ matrix: String) -> String {
      switch self {
      case .weights: "σ of \(matrix)"
      case .momentum: "σ of momentum"
      case .update: "σ of update"
      }
    }

    func values(of spectrum: RaceRun.Spectrum) -> [[Double]] {
      switch self {
      case .weights: spectrum.weights
      case .momentum: spectrum.momentum
      case .update: spectrum.update
      }
    }
  }

  private static let columnGap = 26.0
  private static let rowGap = 14.0
  private static let leastColumn = 120.0
  private static let rowHeight = 132.0
  private static let lossHeight = 230.0

  /// The size of a picture whose optimizers stand in one row, up to eight of them.
  static func spectraSize(runs: Int) -> (width: Double, height: Double) {
    (runs > 4 ? 1440 : runs > 2 ? 1200 : 900, 0)
  }

  /// Losses and legend above; below them a column an optimizer, with the singular values of weights, momentum and update.
  func spectraFigure() -> Figure {
    var figure = emptyFigure()
    figure.caption = [caption, spectraNote].filter { !$0.isEmpty }.joined(separator: "; ")
    let margin = Figure.Measure.margin
    let isNarrow = figure.width < Self.narrowest
    let top = figure.subtitle.isEmpty ? 56.0 : 76.0
    var legend = fullLegend(in: figure, isNarrow: isNarrow)
    var loss = lossPanels()[0]
    let gutter = Figure.gutter(of: loss.y, height: Self.lossHeight)
    let lossWidth = figure.width - 2 * margin - gutter - (isNarrow ? 0 : legend.frame.width + 20)
    loss.frame = Figure.Rectangle(x: margin + gutter, y: top, width: max(40, lossWidth), height: Self.lossHeight)
    figure.panels.append(loss)
    var y = top + Self.lossHeight + Figure.Measure.belowAxes + 4
    figure.key = Figure.Rectangle(x: margin, y: y, width: figure.width - 2 * margin, height: Figure.Measure.keyLine)
    if isNarrow {
      y += Figure.Measure.keyLine + 4
      legend.frame = Figure.Rectangle(
        x: margin, y: y, width: figure.width - 2 * margin, height: legend.frame.height + 4)
      y += legend.frame.height
    } else {
      legend.frame = Figure.Rectangle(
        x: figure.width - margin - legend.frame.width, y: top - 4, width: legend.frame.width,
        height: Self.lossHeight + Figure.Measure.belowAxes)
      y += Figure.Measure.keyLine
    }
    figure.legend = legend
    y = placeSpectra(from: y + 26, in: &figure)
    figure.height = y + Double(figure.captionLines.count) * Figure.Measure.captionLine + 14
    return figure
  }

  /// Places the blocks of columns and says where they end.
  private func placeSpectra(from top: Double, in figure: inout Figure) -> Double {
    let shown = runs.indices.filter { !runs[$0].spectra.isEmpty }
    guard let first = shown.first else { return top }
    let matrix = runs[first].spectra[0].name
    let rows = Quantity.allCases.compactMap { quantity -> (Quantity, Figure.Axis)? in
      axis(of: quantity, matrix: matrix).map { (quantity, $0) }
    }
    let gutter = rows.map { Figure.gutter(of: $0.1, height: Self.rowHeight) }.max() ?? 0
    let room = figure.width - 2 * Figure.Measure.margin - gutter
    let most = max(1, Figure.wholeNumber((room + Self.columnGap) / (Self.leastColumn + Self.columnGap)))
    let blocks = max(1, (shown.count + most - 1) / most)
    // Blocks as even as can be, none wider than a reader's eye takes a small panel.
    let columns = (shown.count + blocks - 1) / blocks
    let width = min((room + Self.columnGap) / Double(columns) - Self.columnGap, 420)
    var y = top
    for block in 0..<blocks {
      let members = shown[(block * columns)..<min((block + 1) * columns, shown.count)]
      for (rank, row) in rows.enumerated() {
        for (column, run) in members.enumerated() {
          var panel = spectrumPanel(ofRun: run, row.0, on: row.1)
          panel.frame = Figure.Rectangle(
            x: Figure.Measure.margin + gutter + Double(column) * (width + Self.columnGap), y: y, width: width,
            height: Self.rowHeight)
          if rank == 0 { panel.title = Figure.Text.elided(runs[run].label, to: width, size: Figure.Measure.axisLabel) }
          if rank < rows.count - 1 { (panel.x.hidesNumbers, panel.x.label) = (true, "") }
          if column > 0 { (panel.y.hidesNumbers, panel.y.label) = (true, "") }
          figure.panels.append(panel)
        }
        y += Self.rowHeight + Self.rowGap
      }
      y += Figure.Measure.belowAxes + 32 - Self.rowGap
    }
    return y
  }

  /// So many decades below the largest a singular value is as good as zero.
  private static let decades = 8

  /// One scale for all optimizers; nil where none has anything to show.
  private func axis(of quantity: Quantity, matrix: String) -> Figure.Axis? {
    func values(_ runs: [Run]) -> [Double] {
      runs.compactMap { $0.spectra.first }.flatMap { quantity.values(of: $0).joined() }.filter(\.isFinite)
    }
    let settled = values(runs.filter { !$0.diverged })
    let judged = settled.contains { $0 > 0 } ? settled : values(runs)
    return judged.isEmpty ? nil : .spectrum(judged, decades: Self.decades, label: quantity.label(matrix))
  }

  private func spectrumPanel(ofRun index: Int, _ quantity: Quantity, on y: Figure.Axis) -> Figure.Panel {
    var x = Figure.Axis(.linear, from: 0, to: Double(max(runs.map { $0.loss.count - 1 }.max() ?? 1, 1)), label: "step")
    x.wholeNumbers = true
    var panel = Figure.Panel(frame: Figure.Rectangle(x: 0, y: 0, width: 0, height: 0), x: x, y: y)
    panel.showsGrid = true
    guard let spectrum = runs[index].spectra.first else { return panel }
    let values = quantity.values(of: spectrum)
    guard let count = values.first?.count else {
      let middle = Figure.Point(x: x.upper / 2, y: y.value(at: 0.5))
      panel.layers = [.labels([.init(place: middle, text: "keeps none")])]
      return panel
    }
    let palette = Figure.Palette(theme)
    let hue = Figure.RGB(hex: style(ofRun: index, width: 1).colour)
    let ground = Figure.RGB(hex: palette.ground)
    let lines = Self.ranks(of: count).map { rank -> Figure.Line in
      let share = count > 1 ? 0.72 * Double(rank) / Double(count - 1) : 0
      let style = Figure.LineStyle(colour: hue.mixed(with: ground, share).hex, width: 1.1, isCased: false)
      let points = zip(spectrum.steps, values).map { Figure.Point(x: Double($0.0), y: $0.1[rank]) }
      return Figure.Line(points: points, style: style, marksEnd: false)
    }
    // Each in a layer of its own, so that the larger lies upon the smaller.
    panel.layers = lines.reversed().map { .lines([$0]) }
    return panel
  }

  private static let mostLines = 16

  /// The singular values that are drawn, counted from the largest: all, or evenly spread ones with the first and the last.
  private static func ranks(of count: Int) -> [Int] {
    guard count > mostLines else { return Array(0..<count) }
    return (0..<mostLines).map { $0 * (count - 1) / (mostLines - 1) }
  }

  /// How the panels are to be read.
  private var spectraNote: String {
    guard let spectrum = runs.lazy.compactMap({ $0.spectra.first }).first else { return "" }
    let count = spectrum.weights.first?.count ?? 0
    let shown = count > Self.mostLines ? "\(Self.mostLines) of \(count)" : "all \(count)"
    let others = runs.lazy.compactMap { $0.spectra.count > 1 ? $0.spectra.dropFirst() : nil }.first ?? []
    let beside = others.isEmpty ? "" : "; those of \(others.map(\.name).joined(separator: ", ")) are in the JSON"
    return "σ: \(shown) singular values of \(spectrum.name), the largest strong, the smallest pale" + beside
  }
}
