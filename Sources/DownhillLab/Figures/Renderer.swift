extension Figure {
  /// Draws a figure as SVG, panel by panel.
  struct Renderer {
    let figure: Figure
    let palette: Palette
    var out = SVGWriter()
    /// The marks that were drawn, for the key.
    var seen: Set<KeyItem> = []

    init(_ figure: Figure) {
      self.figure = figure
      palette = Palette(figure.theme)
      seen = figure.explained
    }

    mutating func render() -> String {
      let (width, height) = (SVGWriter.number(figure.width), SVGWriter.number(figure.height))
      out.element(
        "svg",
        [
          ("xmlns", "http://www.w3.org/2000/svg"), ("width", width), ("height", height),
          ("viewBox", "0 0 \(width) \(height)"), ("font-family", Measure.font), ("role", "img"),
        ], open: true)
      out.textElement("title", figure.title)
      out.textElement("desc", [figure.subtitle, figure.caption].filter { !$0.isEmpty }.joined(separator: " "))
      out.element("rect", [("width", width), ("height", height), ("fill", palette.ground)])
      drawTitles()
      for panel in figure.panels { draw(panel) }
      for surface in figure.surfaces { draw(surface) }
      if let legend = figure.legend { draw(legend) }
      if let key = figure.key { drawKey(in: key) }
      out.close("svg")
      return out.text
    }

    /// A line of text; `anchor` is SVG's start, middle or end.
    mutating func write(
      _ text: String, x: Double, y: Double, size: Double, colour: String, anchor: String = "start",
      bold: Bool = false, turned: Bool = false
    ) {
      guard !text.isEmpty else { return }
      var attributes = [("x", SVGWriter.number(x)), ("y", SVGWriter.number(y))]
      attributes += [("font-size", SVGWriter.number(size)), ("fill", colour)]
      if anchor != "start" { attributes.append(("text-anchor", anchor)) }
      if bold { attributes.append(("font-weight", "bold")) }
      if turned { attributes.append(("transform", "rotate(-90 \(SVGWriter.number(x)) \(SVGWriter.number(y)))")) }
      out.textElement("text", text, attributes)
    }

    private mutating func drawTitles() {
      let width = figure.width - 2 * Measure.margin
      let title = Text.elided(figure.title, to: width, size: Measure.title, bold: true)
      write(title, x: Measure.margin, y: 32, size: Measure.title, colour: palette.text, bold: true)
      let subtitle = Text.elided(figure.subtitle, to: width, size: Measure.subtitle)
      write(subtitle, x: Measure.margin, y: 52, size: Measure.subtitle, colour: palette.muted)
      let lines = figure.captionLines
      for (index, line) in lines.enumerated() {
        let y = figure.height - 14 - Double(lines.count - 1 - index) * Measure.captionLine
        write(line, x: Measure.margin, y: y, size: Measure.caption, colour: palette.muted)
      }
    }

    private mutating func draw(_ panel: Panel) {
      let frame = panel.frame
      let clip = clipName(frame)
      out.element("clipPath", [("id", clip)], open: true)
      out.element("rect", rectangle(frame))
      out.close("clipPath")
      let ticksX = panel.x.ticks(length: frame.width, horizontal: true, fontSize: Measure.tick)
      let ticksY = panel.y.ticks(length: frame.height, horizontal: false, fontSize: Measure.tick)
      if panel.showsGrid { drawGrid(panel, ticksX, ticksY) }
      for case .bands(let bands) in panel.layers { draw(bands, in: panel, clip: clip) }
      drawAxes(panel, ticksX, ticksY)
      var state = PanelState(frame)
      for layer in panel.layers {
        switch layer {
        case .bands: break
        case .reserved(let lines): reserve(lines, in: panel, &state)
        case .lines(let lines): draw(lines, in: panel, clip: clip, &state)
        case .markers(let markers): draw(markers, in: panel, &state)
        case .labels(let labels): draw(labels, in: panel, &state)
        }
      }
    }

    /// The name says the whole geometry, so that figures set into one page cannot clip each other wrongly.
    func clipName(_ frame: Rectangle) -> String {
      let parts = [frame.x, frame.y, frame.width, frame.height].map { SVGWriter.number($0) }
      return "clip-" + parts.joined(separator: "-")
    }

    func rectangle(_ area: Rectangle) -> [(String, String)] {
      [
        ("x", SVGWriter.number(area.x)), ("y", SVGWriter.number(area.y)), ("width", SVGWriter.number(area.width)),
        ("height", SVGWriter.number(area.height)),
      ]
    }

    private mutating func draw(_ bands: Bands, in panel: Panel, clip: String) {
      out.element("g", [("clip-path", "url(#\(clip))"), ("stroke-width", "0.8")], open: true)
      for (index, loops) in bands.regions.enumerated() {
        let height = 1 - Double(index) / Double(max(1, bands.regions.count - 1))
        let polylines = loops.map { loop in
          let pixels = loop.map { point in
            Point(x: panel.frame.x + point.x * panel.frame.width, y: panel.frame.bottom - point.y * panel.frame.height)
          }
          return Figure.simplified(pixels, tolerance: 0.12)
        }
        let contour = index == 0 ? "none" : palette.contour
        let fill = bands.areFilled ? palette.mapShade(height) : "none"
        out.path(polylines, closed: true, [("fill", fill), ("stroke", contour)])
      }
      out.close("g")
    }

    private func reserve(_ lines: [[Point]], in panel: Panel, _ state: inout PanelState) {
      for line in lines {
        let pixels = line.prefix { $0.isFinite }.map { panel.pixel($0) }
        for piece in Figure.thinned(pixels, width: panel.frame.width).flatMap({
          Figure.clipped($0, to: panel.frame)
        }) {
          state.ink.mark(Traced(piece).samples(every: Weave.sampleStep), line: 0)
        }
      }
    }

    private mutating func drawGrid(_ panel: Panel, _ ticksX: [Axis.Tick], _ ticksY: [Axis.Tick]) {
      let frame = panel.frame
      let upright = ticksX.filter { $0.label != nil }.map { tick -> [Point] in
        let x = frame.x + panel.x.fraction(of: tick.value) * frame.width
        return [Point(x: x, y: frame.y), Point(x: x, y: frame.bottom)]
      }
      let level = ticksY.filter { $0.label != nil }.map { tick -> [Point] in
        let y = frame.bottom - panel.y.fraction(of: tick.value) * frame.height
        return [Point(x: frame.x, y: y), Point(x: frame.right, y: y)]
      }
      out.path(upright + level, [("stroke", palette.grid), ("stroke-width", "1"), ("fill", "none")])
    }

    /// Two slashes through an axis: from here to its foot it has no scale.
    private mutating func drawBreak(x: Double, y: Double) {
      let slashes = [2.0, -2.0].map { shift in
        [Point(x: x - 5, y: y + shift + 2.5), Point(x: x + 5, y: y + shift - 2.5)]
      }
      let gap = Rectangle(x: x - 1, y: y - 1.5, width: 2, height: 3)
      out.element("rect", rectangle(gap) + [("fill", palette.ground)])
      out.path(slashes, [("stroke", palette.frame), ("stroke-width", "1")])
    }

    private mutating func drawAxes(_ panel: Panel, _ ticksX: [Axis.Tick], _ ticksY: [Axis.Tick]) {
      let frame = panel.frame
      var marks: [[Point]] = []
      for tick in ticksX {
        let x = frame.x + panel.x.fraction(of: tick.value) * frame.width
        let length = tick.label == nil ? Measure.tickLength / 2 : Measure.tickLength
        marks.append([Point(x: x, y: frame.bottom), Point(x: x, y: frame.bottom + length)])
        write(
          panel.x.hidesNumbers ? "" : tick.label ?? "", x: x, y: frame.bottom + 16, size: Measure.tick,
          colour: palette.text, anchor: "middle")
      }
      var widest = 0.0
      for tick in ticksY {
        let y = frame.bottom - panel.y.fraction(of: tick.value) * frame.height
        let length = tick.label == nil ? Measure.tickLength / 2 : Measure.tickLength
        marks.append([Point(x: frame.x - length, y: y), Point(x: frame.x, y: y)])
        let number = panel.y.hidesNumbers ? "" : tick.label ?? ""
        widest = max(widest, Text.width(number, size: Measure.tick))
        let x = frame.x - Measure.tickLength - 3
        write(number, x: x, y: y + 4, size: Measure.tick, colour: palette.text, anchor: "end")
      }
      out.path(marks, [("stroke", palette.frame), ("stroke-width", "1"), ("fill", "none")])
      out.element("rect", rectangle(frame) + [("fill", "none"), ("stroke", palette.frame), ("stroke-width", "1")])
      if let shelf = panel.y.shelf {
        drawBreak(x: frame.x, y: frame.bottom - panel.y.fraction(of: shelf.place) * frame.height - 12)
      }

      let size = Measure.axisLabel
      let labelX = Text.elided(panel.x.label, to: frame.width, size: size)
      let middle = frame.x + frame.width / 2
      write(labelX, x: middle, y: frame.bottom + 34, size: size, colour: palette.text, anchor: "middle")
      let labelY = Text.elided(panel.y.label, to: frame.height, size: size)
      let x = frame.x - Measure.tickLength - 4 - widest - 7
      let height = frame.y + frame.height / 2
      write(labelY, x: x, y: height, size: size, colour: palette.text, anchor: "middle", turned: true)
      write(panel.title, x: frame.x, y: frame.y - 7, size: size, colour: palette.text)
    }
  }

  /// What drawing one panel's layers leaves for the later ones.
  struct PanelState {
    var ink: InkMap
    /// Where markers and labels lie.
    var taken: [Rectangle] = []

    init(_ frame: Rectangle) { ink = InkMap(frame) }
  }

  /// The caption's lines, as many as it needs up to two.
  var captionLines: [String] {
    caption.isEmpty
      ? [] : Text.wrapped(caption, to: width - 2 * Measure.margin, size: Measure.caption, lines: 2)
  }
}
