import DownhillLandscapes

extension RaceResult {
  /// The picture of the race: all paths where the landscape has two dimensions, and the losses or the inner state.
  func figure(_ picture: RacePicture) -> RaceFigure {
    var figure =
      switch course {
      case .landscape(let landscape, let start): landscapeFigure(landscape, start)
      case .data(let data): dataFigure(data)
      case .matrix(let course): matrixFigure(course)
      }
    figure.theme = picture.theme
    figure.view = picture.view
    figure.side = picture.side
    if let size = picture.size {
      (figure.width, figure.height) = (Double(size.width), Double(size.height))
    } else if picture.side == .state {
      (figure.width, figure.height) = (1440, 680)
    } else if picture.side == .spectra {
      (figure.width, figure.height) = RaceFigure.spectraSize(runs: runs.count)
    }
    return figure
  }

  private func landscapeFigure(_ landscape: AnyLandscape, _ start: [Double]) -> RaceFigure {
    let from = "(" + start.prefix(4).map { readable($0) }.joined(separator: ", ") + (start.count > 4 ? ", …)" : ")")
    var caption = "start \(from), \(settings.steps) steps, \(settings.precision.rawValue)"
    if settings.noise > 0 { caption += ", gradient noise \(readable(settings.noise)), seed \(settings.seed)" }
    var figure = RaceFigure(title: problem, caption: caption, runs: runs.map { run(of: $0) })
    guard landscape.dimension == 2 else { return figure }
    figure.landscape = RaceFigure.Landscape(
      x: landscape.domain[0].lower...landscape.domain[0].upper,
      y: landscape.domain[1].lower...landscape.domain[1].upper,
      value: { landscape.double.value([$0, $1]) })
    figure.minima = landscape.minima.map { site(of: $0) }
    figure.saddles = landscape.saddles.map { site(of: $0) }
    return figure
  }

  private func dataFigure(_ data: DataProblem) -> RaceFigure {
    RaceFigure(
      title: problem, subtitle: data.summary,
      caption: "\(settings.steps) steps, seed \(settings.seed), \(settings.precision.rawValue)",
      runs: runs.map { run(of: $0) })
  }

  private func matrixFigure(_ course: MatrixCourse) -> RaceFigure {
    var caption = "\(settings.steps) steps, seed \(settings.seed), \(settings.precision.rawValue)"
    if settings.noise > 0 { caption += ", gradient noise \(readable(settings.noise))" }
    var figure = RaceFigure(
      title: problem, subtitle: course.summary, caption: caption, runs: runs.map { run(of: $0) })
    figure.leastLoss = course.double.minimum
    return figure
  }

  private func run(of run: RaceRun) -> RaceFigure.Run {
    let descent = run.descent.flatMap { $0.dimension == 2 ? $0 : nil }
    let path = descent.map { descent in
      (0..<descent.count).map { (x: descent.coordinates[2 * $0], y: descent.coordinates[2 * $0 + 1]) }
    }
    var drawn = RaceFigure.Run(
      label: run.optimizer, path: path ?? [], loss: run.loss, reached: run.descent?.reached?.name,
      diverged: run.diverged)
    if path != nil { drawn.states = states(of: run) }
    drawn.spectra = run.spectra
    return drawn
  }

  /// The traced state, part by part.
  private func states(of run: RaceRun) -> [RaceFigure.Run.State] {
    let names = run.trace.first?.parts.map(\.name) ?? []
    return names.enumerated().compactMap { place, name in
      let values = run.trace.compactMap { $0.parts.indices.contains(place) ? $0.parts[place].values : nil }
      // Only what is kept for each weight has a place for x and y.
      guard values.count == run.trace.count, values.allSatisfy({ $0.count == 2 }) else { return nil }
      return RaceFigure.Run.State(name: name, steps: run.trace.map(\.step), values: values.map { ($0[0], $0[1]) })
    }
  }

  private func site(of point: StationaryPoint) -> RaceFigure.Site {
    RaceFigure.Site(x: point.coordinates[0], y: point.coordinates[1], name: point.name)
  }
}
