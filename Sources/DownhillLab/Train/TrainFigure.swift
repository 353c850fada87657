import DownhillFiles

/// Train and held-out loss over the steps of a run, as a picture.
struct TrainFigure {
  private let path: String
  private let configuration: TrainConfiguration
  private let history: MetricsHistory

  /// Reads the run's log.
  init(of folder: RunFolder, _ configuration: TrainConfiguration) {
    path = folder.figurePath
    self.configuration = configuration
    history = MetricsHistory(path: folder.metricsPath)
  }

  func write() throws { try writeAtomically(figure.svg(), to: path) }

  private var figure: Figure {
    let training = history.trainLosses.map { Figure.Point(x: Double($0.step), y: $0.loss) }
    let heldOut = history.evaluations.map { Figure.Point(x: Double($0.step), y: $0.loss) }
    let (width, margin, top) = (900.0, Figure.Measure.margin, 64.0)
    var figure = Figure(
      width: width, height: 480, theme: .light, title: "\(configuration.model)  on  \(configuration.data)",
      subtitle: configuration.optimizer, caption: "pale: every step that was logged; bold: the mean around it")
    let all = (training + heldOut).map(\.y).filter(\.isFinite)
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    let y = Figure.Axis(.linear, from: min(0, low), to: high + 0.04 * (high - min(0, low)), label: "loss")
    var x = Figure.Axis(.linear, from: 0, to: Double(max(configuration.steps, 1)), label: "step")
    x.wholeNumbers = true
    let palette = Figure.Palette(.light)
    var faint = palette.style(0, width: 0.8)
    (faint.dash, faint.opacity, faint.isCased) = ([], 0.3, false)
    var clear = palette.style(0, width: 1.8)
    clear.dash = []
    var other = palette.style(1, width: 2.2)
    other.dash = []
    var panel = Figure.Panel(frame: Figure.Rectangle(x: 0, y: 0, width: 0, height: 0), x: x, y: y)
    panel.showsGrid = true
    panel.layers = [
      .lines([Figure.Line(points: training, style: faint, marksEnd: false)]),
      .lines([
        Figure.Line(points: Self.smoothed(training), style: clear, marksEnd: false),
        Figure.Line(points: heldOut, style: other, marksEnd: true),
      ]),
    ]
    var entries = [Figure.Legend.Entry(style: clear, label: "train", detail: Self.last(training))]
    if !heldOut.isEmpty { entries.append(.init(style: other, label: "held-out", detail: Self.last(heldOut))) }
    var legend = Figure.Legend(
      frame: Figure.Rectangle(x: 0, y: 0, width: 0, height: 0), heading: "last loss", entries: entries)
    legend.columns = 2
    let room = width - 2 * margin
    let height = Figure.Legend.naturalHeight(heading: legend.heading, entries: entries, columns: 2, width: room)
    let foot = figure.height - height - Double(figure.captionLines.count) * Figure.Measure.captionLine - 14
    legend.frame = Figure.Rectangle(x: margin, y: foot, width: room, height: height)
    figure.legend = legend
    let below = foot - Figure.Measure.belowAxes - 10
    let gutter = Figure.gutter(of: y, height: below - top)
    panel.frame = Figure.Rectangle(x: margin + gutter, y: top, width: room - gutter, height: below - top)
    figure.panels = [panel]
    return figure
  }

  private static func last(_ points: [Figure.Point]) -> String { points.last.map { readable($0.y) } ?? "none" }

  /// Means over a fiftieth of the run, at 400 places at most.
  private static func smoothed(_ points: [Figure.Point]) -> [Figure.Point] {
    let half = points.count / 100
    guard half > 1 else { return points }
    let places = Array(stride(from: 0, to: points.count, by: max(1, points.count / 400)))
    return places.map { place in
      let reach = min(half, place)
      let window = points[(place - reach)...min(place + reach, points.count - 1)]
      return Figure.Point(x: points[place].x, y: window.reduce(0) { $0 + $1.y } / Double(window.count))
    }
  }
}
