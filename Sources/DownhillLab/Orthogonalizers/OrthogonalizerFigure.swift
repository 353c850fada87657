/// The picture of the orthogonalisers: what each makes of a singular value, on [10⁻⁴, 1] of the norm.
public struct OrthogonalizerFigure: Sendable {
  public let listing: OrthogonalizerListing
  public var theme: Figure.Theme
  public var size: RacePicture.Size?

  public init(_ listing: OrthogonalizerListing, theme: Figure.Theme = .light, size: RacePicture.Size? = nil) {
    self.listing = listing
    self.theme = theme
    self.size = size
  }

  /// The picture as an SVG document; the same listing gives the same bytes.
  public func svg() -> String { figure().svg() }

  private static let least = 1e-4
  /// Which stand in one panel; those that are named nowhere in the last.
  private static let groups: [(title: String, names: Set<String>)] = [
    ("one recipe, five steps", ["quintic", "you"]),
    ("best for what is small", ["polar-express", "polar-express-safe", "cans"]),
    ("slower, closer, or for other input", []),
  ]

  func figure() -> Figure {
    let maps = listing.maps.filter { !$0.isExact }
    let named = Self.groups.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    let groups = Self.groups.map { group in
      maps.filter { group.names.isEmpty ? !named.contains($0.name) : group.names.contains($0.name) }
    }
    let margin = Figure.Measure.margin
    let width = Double(size?.width ?? 1100)
    let isNarrow = width < RaceFigure.narrowest
    var figure = Figure(
      width: width, height: Double(size?.height ?? 0), theme: theme,
      title: "What orthogonalizers do to singular values",
      subtitle: "",
      caption: "σ: the share of the norm ‖X‖ that a singular value has; its singular vectors stay. "
        + "The exact factor, svd, is 1 throughout.")
    var legend = Figure.Legend(
      frame: Figure.Rectangle(x: margin, y: 0, width: width - 2 * margin, height: 0),
      heading: "from σ = 1e-2 to 1", entries: entries(of: maps))
    legend.columns = isNarrow ? 2 : 5
    legend.frame.height = Figure.Legend.naturalHeight(
      heading: legend.heading, entries: legend.entries, columns: legend.columns, width: legend.frame.width)
    let captions = Double(figure.captionLines.count) * Figure.Measure.captionLine + 14
    let (rows, across) = isNarrow ? (groups.count, 1) : (1, groups.count)
    let gap = Figure.Measure.belowAxes + 34
    let (top, rest) = (64.0, legend.frame.height + Figure.Measure.keyLine + captions + 24)
    if size == nil { figure.height = top + rest + Double(rows) * (340 + gap) }
    figure.height = max(figure.height, top + rest + Double(rows) * (140 + gap))
    let height = (figure.height - top - rest) / Double(rows) - gap
    for (index, group) in groups.enumerated() {
      var panel = panel(of: group, among: maps, title: Self.groups[index].title)
      let gutter = Figure.gutter(of: panel.y, height: height)
      let column = (width - 2 * margin - 26 * Double(across - 1)) / Double(across)
      panel.frame = Figure.Rectangle(
        x: margin + gutter + (isNarrow ? 0 : Double(index) * (column + 26)),
        y: top + 16 + (isNarrow ? Double(index) * (height + gap) : 0), width: column - gutter, height: height)
      figure.panels.append(panel)
    }
    legend.frame.y = figure.height - captions - legend.frame.height - 4
    figure.legend = legend
    figure.key = Figure.Rectangle(
      x: margin, y: legend.frame.y - Figure.Measure.keyLine - 6, width: width - 2 * margin,
      height: Figure.Measure.keyLine)
    return figure
  }

  private func panel(
    of group: [OrthogonalizerMap], among maps: [OrthogonalizerMap], title: String
  ) -> Figure.Panel {
    var panel = Figure.Panel(
      frame: Figure.Rectangle(x: 0, y: 0, width: 0, height: 0),
      x: Figure.Axis(.log, from: Self.least, to: 1, label: "σ"),
      y: Figure.Axis(.linear, from: 0, to: 1.4, label: "p(σ)"))
    panel.title = title
    panel.showsGrid = true
    let places = OrthogonalizerMap.places(from: Self.least, count: 801)
    panel.layers = [
      .lines(
        group.map { map in
          let style = style(maps.firstIndex { $0.name == map.name } ?? 0)
          return Figure.Line(points: places.map { Figure.Point(x: $0, y: map($0)) }, style: style, marksEnd: false)
        })
    ]
    return panel
  }

  private func entries(of maps: [OrthogonalizerMap]) -> [Figure.Legend.Entry] {
    maps.enumerated().map { index, map in
      let range = map.range(from: 1e-2)
      let ends = "\(readable(range.lowerBound, digits: 3)) to \(readable(range.upperBound, digits: 3))"
      return .init(style: style(index), label: "\(map.name), \(map.steps) steps", detail: ends)
    }
  }

  private func style(_ index: Int) -> Figure.LineStyle { Figure.Palette(theme).style(index, width: 1.8) }
}
