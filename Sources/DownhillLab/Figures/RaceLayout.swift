extension RaceFigure {
  /// The race as a figure: map or surface at the left, then losses or state, then the legend; on a narrow page one
  /// below the other.
  func figure() -> Figure {
    if side == .spectra { return spectraFigure() }
    var figure = emptyFigure()
    let isNarrow = width < Self.narrowest
    let page = page(
      of: &figure, isNarrow: isNarrow, legend: fullLegend(in: figure, isNarrow: isNarrow), marks: possibleMarks,
      least: leastPanelHeight(isNarrow: isNarrow))
    figure.legend = page.legend
    figure.key = page.key
    let side = sidePanels(isNarrow: isNarrow)
    if isNarrow {
      stack(side, on: page, in: &figure)
    } else {
      setSideBySide(side, on: page, in: &figure)
    }
    return figure
  }

  /// Divides a figure, which grows where its panels would be too low for their labels.
  func page(
    of figure: inout Figure, isNarrow: Bool, legend: Figure.Legend, marks: Set<Figure.KeyItem>, least: Double
  ) -> Page {
    var page = Page(figure, isNarrow: isNarrow, legend: legend, marks: marks)
    while page.panels.height < least {
      figure.height += max(10, least - page.panels.height)
      page = Page(figure, isNarrow: isNarrow, legend: legend, marks: marks)
    }
    return page
  }

  private func leastPanelHeight(isNarrow: Bool) -> Double {
    switch (side, isNarrow) {
    case (.loss, false), (.spectra, false): 160
    case (.loss, true), (.spectra, true): landscape == nil ? 160 : 330
    case (.state, false): 260
    case (.state, true): 560
    }
  }

  /// Below this width panels do not stand side by side.
  static let narrowest = 700.0

  func emptyFigure() -> Figure {
    var figure = Figure(
      width: Self.usable(width), height: Self.usable(height), theme: theme, title: title, subtitle: subtitle,
      caption: caption)
    if view == .surface, let mesh = surfaceMesh() {
      figure.caption = [caption, mesh.compression.caption, "paths are laid onto the surface"]
        .filter { !$0.isEmpty }.joined(separator: "; ")
    }
    if side == .state, let note = stateNote { figure.caption += (figure.caption.isEmpty ? "" : "; ") + note }
    return figure
  }

  private static func usable(_ size: Double) -> Double { size.isFinite ? min(max(size, 320), 20_000) : 640 }

  /// The legend with a frame as wide as it needs.
  func fullLegend(in figure: Figure, isNarrow: Bool) -> Figure.Legend {
    let entries = runs.indices.map { legendEntry($0) }
    let room = figure.width - 2 * Figure.Measure.margin
    let width =
      isNarrow
      ? room
      : Figure.Legend.naturalWidth(heading: legendHeading, entries: entries, atMost: max(figure.width * 0.25, 170))
    var legend = Figure.Legend(
      frame: Figure.Rectangle(x: 0, y: 0, width: width, height: 0), heading: legendHeading, entries: entries)
    if isNarrow {
      legend.columns = room > 340 && entries.count > 2 ? 2 : 1
      legend.frame.height = Figure.Legend.naturalHeight(
        heading: legendHeading, entries: entries, columns: legend.columns, width: room)
    }
    return legend
  }

  /// The marks that may have to be explained: which of them are drawn is known only afterwards.
  private var possibleMarks: Set<Figure.KeyItem> {
    var marks: Set<Figure.KeyItem> = [.coinciding]
    if runs.contains(where: \.diverged) { marks.insert(.stopping) }
    guard landscape != nil else { return marks }
    marks.formUnion([.start, .end, .sharedEnd])
    if runs.contains(where: \.diverged) { marks.insert(.leaving) }
    if !minima.isEmpty { marks.insert(.minimum) }
    if !saddles.isEmpty { marks.insert(.saddle) }
    if view == .surface { marks.insert(.hidden) }
    return marks
  }

  /// What a page is divided into: panels, key, legend, with the titles above and the caption below.
  struct Page {
    var panels: Figure.Rectangle
    var key: Figure.Rectangle
    var legend: Figure.Legend

    init(_ figure: Figure, isNarrow: Bool, legend: Figure.Legend, marks: Set<Figure.KeyItem>) {
      let margin = Figure.Measure.margin
      let top = figure.subtitle.isEmpty ? 56.0 : 76.0
      var foot = figure.height - Double(figure.captionLines.count) * Figure.Measure.captionLine - 14
      self.legend = legend
      let right: Double
      if isNarrow {
        right = figure.width - margin
        // The panels keep at least half the page, whatever the number of runs.
        let height = min(legend.frame.height, (foot - top) * 0.4)
        self.legend.frame = Figure.Rectangle(x: margin, y: foot - height, width: right - margin, height: height)
        foot -= height + 8
      } else {
        let x = figure.width - margin - legend.frame.width
        self.legend.frame = Figure.Rectangle(
          x: x, y: top - 4, width: legend.frame.width, height: max(40, foot - top))
        right = x - 20
      }
      let keyHeight = Figure.KeyItem.height(of: marks, width: right - margin)
      key = Figure.Rectangle(x: margin, y: foot - keyHeight, width: right - margin, height: keyHeight)
      panels = Figure.Rectangle(
        x: margin, y: top, width: right - margin,
        height: max(0, foot - keyHeight - 6 - Figure.Measure.belowAxes - top))
    }
  }

  private func setSideBySide(_ side: [[Figure.Panel]], on page: Page, in figure: inout Figure) {
    var area = page.panels
    if landscape != nil {
      let most = area.width * (self.side == .state ? 0.46 : 0.58)
      let width = placeLandscape(
        in: Figure.Rectangle(x: area.x, y: area.y, width: most, height: area.height), figure: &figure)
      area.x += width + 26
      area.width -= width + 26
    }
    placeRows(side, in: area, figure: &figure)
  }

  private func stack(_ side: [[Figure.Panel]], on page: Page, in figure: inout Figure) {
    var area = page.panels
    if landscape != nil {
      let share = side.isEmpty ? 1 : self.side == .state ? 0.42 : 0.66
      let height = (area.height - Figure.Measure.belowAxes) * share
      _ = placeLandscape(
        in: Figure.Rectangle(x: area.x, y: area.y, width: area.width, height: height), figure: &figure)
      let gap = Figure.Measure.belowAxes + (self.side == .state ? 22 : 6)
      area.y += height + gap
      area.height -= height + gap
    }
    placeRows(side, in: area, figure: &figure)
  }

  /// Places map or surface at the left of an area, and says how wide it became; the labels below a map lie outside.
  private func placeLandscape(in area: Figure.Rectangle, figure: inout Figure) -> Double {
    guard let landscape else { return 0 }
    let view = LandscapeView(landscape, runs: runs)
    let whole = Figure.Rectangle(
      x: area.x, y: area.y, width: area.width, height: area.height + Figure.Measure.belowAxes)
    if self.view == .surface, let scene = surfaceScene(in: whole) {
      figure.surfaces.append(
        Figure.SurfacePanel(
          frame: whole, scene: scene, lines: pathLines(width: 2.2),
          markers: minimumMarkers + saddleMarkers + startMarkers))
      return area.width
    }
    var panel = landscapePanel(landscape, view)
    let gutter = Figure.gutter(of: view.y, height: area.height)
    // A unit is as long on both axes wherever the view is not too slim for it.
    let even = area.height * min(max(view.aspect, 0.75), 1.3)
    let width = min(gutter + even, area.width)
    panel.frame = Figure.Rectangle(
      x: area.x + gutter, y: area.y, width: max(40, width - gutter), height: area.height)
    figure.panels.append(panel)
    return width
  }

  /// Places rows of panels one below the other, those of a row side by side.
  private func placeRows(_ rows: [[Figure.Panel]], in area: Figure.Rectangle, figure: inout Figure) {
    guard !rows.isEmpty else { return }
    let gap = 30.0
    let height = (area.height - gap * Double(rows.count - 1)) / Double(rows.count)
    let gutter = rows.joined().map { Figure.gutter(of: $0.y, height: height) }.max() ?? 0
    for (index, row) in rows.enumerated() {
      let width = (area.width - 26 * Double(row.count - 1)) / Double(max(1, row.count))
      for (column, panel) in row.enumerated() {
        var panel = panel
        panel.frame = Figure.Rectangle(
          x: area.x + Double(column) * (width + 26) + gutter, y: area.y + Double(index) * (height + gap),
          width: max(40, width - gutter), height: max(20, height))
        figure.panels.append(panel)
      }
    }
  }

  private func sidePanels(isNarrow: Bool) -> [[Figure.Panel]] {
    switch side {
    case .loss: isNarrow ? lossPanels().map { [$0] } : [lossPanels()]
    case .state: statePanels()
    case .spectra: []
    }
  }

  private var hasHeldOut: Bool { runs.contains { !$0.heldOutLoss.isEmpty } }

  private var legendHeading: String {
    if hasHeldOut { return "final training loss · held-out loss" }
    return minima.isEmpty ? "final loss" : "final loss → minimum reached"
  }

  private func legendEntry(_ index: Int) -> Figure.Legend.Entry {
    let run = runs[index]
    var detail = run.loss.last.map { NumberText.short($0) } ?? "no loss recorded"
    if run.diverged {
      let stop = run.loss.firstIndex { !$0.isFinite }
      detail = stop.map { "diverged, not finite from step \($0)" } ?? "diverged: \(detail)"
    } else if let heldOut = run.heldOutLoss.last {
      detail += " · " + NumberText.short(heldOut)
    } else if landscape != nil, !minima.isEmpty {
      detail += " → " + (run.reached.map { NumberText.withMinusSigns($0) } ?? "none")
    }
    return Figure.Legend.Entry(style: style(ofRun: index, width: 2), label: run.label, detail: detail)
  }
}
