/// The picture of a file's spectra: a panel a matrix, with its singular values from the largest down, before and after.
public struct SpectrumFigure: Sendable {
  public let report: SpectrumReport
  public var theme: Figure.Theme
  public var size: RacePicture.Size?

  public init(_ report: SpectrumReport, theme: Figure.Theme = .light, size: RacePicture.Size? = nil) {
    self.report = report
    self.theme = theme
    self.size = size
  }

  /// The picture as an SVG document; the same report gives the same bytes.
  public func svg() -> String { figure().svg() }

  /// So many panels are drawn; the rest is counted in the caption.
  private static let mostPanels = 24
  private static let columnGap = 26.0
  private static let leastColumn = 190.0

  func figure() -> Figure {
    let shown = report.matrices.prefix(Self.mostPanels)
    let margin = Figure.Measure.margin
    let name = report.path.split(separator: "/").last.map(String.init) ?? report.path
    let width = Double(size?.width ?? (shown.count > 2 ? 1200 : 800))
    var figure = Figure(
      width: width, height: Double(size?.height ?? 0), theme: theme, title: name, subtitle: subtitle, caption: caption)
    let y = Figure.Axis.spectrum(
      shown.flatMap { $0.before.sigma + ($0.after?.sigma ?? []) }, decades: 10, label: "singular value")
    let gutter = Figure.gutter(of: y, height: 170)
    let room = width - 2 * margin - gutter
    let most = max(1, Figure.wholeNumber((room + Self.columnGap) / (Self.leastColumn + Self.columnGap)))
    let rows = max(1, (shown.count + most - 1) / most)
    let columns = (shown.count + rows - 1) / rows
    let across = (room + Self.columnGap) / Double(columns) - Self.columnGap
    var legend = Figure.Legend(
      frame: Figure.Rectangle(x: margin, y: 0, width: width - 2 * margin, height: 0), heading: "orthogonality error",
      entries: entries)
    legend.columns = entries.count
    legend.frame.height = Figure.Legend.naturalHeight(
      heading: legend.heading, entries: entries, columns: legend.columns, width: legend.frame.width)
    let captions = Double(figure.captionLines.count) * Figure.Measure.captionLine + 14
    let gap = Figure.Measure.belowAxes + 22
    let (top, foot) = (86.0, legend.frame.height + captions + Figure.Measure.keyLine + 6)
    let least = top + foot + Double(rows) * (100 + gap)
    if size == nil { figure.height = top + foot + Double(rows) * ((rows == 1 ? 300 : 170) + gap) }
    figure.height = max(figure.height, least)
    let height = (figure.height - top - foot) / Double(rows) - gap
    for (index, matrix) in shown.enumerated() {
      var panel = panel(of: matrix, y, width: across)
      panel.frame = Figure.Rectangle(
        x: margin + gutter + Double(index % columns) * (across + Self.columnGap),
        y: top + Double(index / columns) * (height + gap), width: across, height: height)
      if index % columns > 0 { (panel.y.hidesNumbers, panel.y.label) = (true, "") }
      figure.panels.append(panel)
    }
    legend.frame.y = figure.height - captions - legend.frame.height - 4
    figure.legend = legend
    figure.key = Figure.Rectangle(
      x: margin, y: legend.frame.y - Figure.Measure.keyLine - 6, width: width - 2 * margin,
      height: Figure.Measure.keyLine)
    return figure
  }

  private func panel(of matrix: SpectrumReport.Matrix, _ y: Figure.Axis, width: Double) -> Figure.Panel {
    var x = Figure.Axis(.linear, from: 1, to: Double(max(matrix.before.sigma.count, 2)), label: "number")
    x.wholeNumbers = true
    var panel = Figure.Panel(frame: Figure.Rectangle(x: 0, y: 0, width: 0, height: 0), x: x, y: y)
    let shape = matrix.shape.map { "\($0)" }.joined(separator: " × ")
    panel.title = Figure.Text.elided("\(matrix.name)  \(shape)", to: width, size: Figure.Measure.axisLabel)
    panel.showsGrid = true
    let spectra = [matrix.before] + (matrix.after.map { [$0] } ?? [])
    panel.layers = [
      .lines(
        spectra.enumerated().map { index, spectrum in
          let points = spectrum.sigma.enumerated().map { Figure.Point(x: Double($0.offset + 1), y: $0.element) }
          return Figure.Line(points: points, style: style(index), marksEnd: false)
        })
    ]
    return panel
  }

  private func style(_ index: Int) -> Figure.LineStyle { Figure.Palette(theme).style(index, width: 2) }

  private var entries: [Figure.Legend.Entry] {
    func range(_ spectra: [MatrixSpectrum]) -> String {
      let errors = spectra.map(\.orthogonalityError).filter(\.isFinite)
      guard let least = errors.min(), let most = errors.max() else { return "none" }
      let (low, high) = (NumberText.short(least), NumberText.short(most))
      return low == high ? low : "\(low) to \(high)"
    }
    let before = Figure.Legend.Entry(
      style: style(0), label: "as read", detail: range(report.matrices.map(\.before)))
    guard let orthogonalizer = report.orthogonalizer else { return [before] }
    let after = Figure.Legend.Entry(
      style: style(1), label: "behind \(orthogonalizer.text)", detail: range(report.matrices.compactMap(\.after)))
    return [before, after]
  }

  private var subtitle: String {
    let count = report.matrices.count
    return "\(count) \(count == 1 ? "matrix" : "matrices"), singular values from the largest down"
  }

  private var caption: String {
    var notes = ["orthogonality error: ‖WWᵀ/s² − I‖/√r on the short side of r, s² the mean of σ²"]
    let hidden = report.matrices.count - Self.mostPanels
    if hidden > 0 { notes.append("\(hidden) more matrices are not shown; --tensor NAME chooses") }
    if !report.skipped.isEmpty { notes.append("\(report.skipped.count) left out that have no singular values") }
    return notes.joined(separator: "; ")
  }
}
