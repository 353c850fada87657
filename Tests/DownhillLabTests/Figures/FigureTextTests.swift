import DownhillLab
import Foundation
import Testing

/// Texts of figures of every kind and size: inside the frame, off each other, off the lines.
@Suite("Texts of a figure")
struct FigureTextTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var runs: Int
    var size: String
    var view = RacePicture.View.flat
    var side = RacePicture.Side.loss
    var theme = Figure.Theme.light

    var testDescription: String { "\(runs) runs, \(size), \(view), \(side), \(theme)" }
  }

  static let cases: [Case] =
    ["1200x620", "800x600", "column", "slide", "640x480", "360x640", "2400x900"].flatMap { size in
      [1, 9, 16, 40].flatMap { runs in
        [
          Case(runs: runs, size: size), Case(runs: runs, size: size, view: .surface, theme: .dark),
          Case(runs: runs, size: size, side: .state), Case(runs: runs, size: size, side: .spectra),
        ]
      }
    }

  private static func himmelblau(_ x: Double, _ y: Double) -> Double {
    let (a, b) = (x * x + y - 11, x + y * y - 7)
    return a * a + b * b
  }

  /// Spirals into a minimum, of different widths and lengths; one in seven runs away.
  static func figure(_ picture: Case) -> RaceFigure {
    let runs = (0..<picture.runs).map { index -> RaceFigure.Run in
      let path = (0...200).map { step -> (x: Double, y: Double) in
        let (angle, radius) = (0.05 * Double(step + 9 * index), 3 * exp(-0.02 * Double(step)) + 0.05 * Double(index))
        let escape = index % 7 == 6 ? exp(0.09 * Double(step)) : 0
        return (3 + radius * cos(angle) + escape, 2 - radius * sin(angle))
      }
      var run = RaceFigure.Run(
        label: "adamw:lr=linear(0.0\(index + 1),total=200),weight-decay=1e-\(index)", path: path,
        loss: path.map { himmelblau($0.x, $0.y) }, reached: index.isMultiple(of: 3) ? "(3.584, -1.848)" : nil,
        diverged: index % 7 == 6)
      run.states = ["exp_avg", "exp_avg_sq"].map { name in
        .init(
          name: name, steps: Array(0..<200),
          values: (0..<200).map { (exp(-0.01 * Double($0)), name == "exp_avg" ? -0.3 : 1e-7 * Double($0 + 1)) })
      }
      run.spectra = [
        .init(
          name: "W", shape: [5, 20], steps: [0, 100, 199],
          weights: (0..<3).map { step in (0..<5).map { exp(-Double($0 * (index + 1) + step)) } },
          momentum: index.isMultiple(of: 3)
            ? [] : (0..<3).map { step in (0..<5).map { step == 0 ? 0 : 1e-9 / Double($0 + 1) } },
          update: (0..<3).map { _ in [1, 0.1, 1e-3, 1e-14, 0] })
      ]
      return run
    }
    let minima = [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)]
    var figure = RaceFigure(
      title: "himmelblau & <friends>", subtitle: picture.runs == 9 ? "a subtitle" : "",
      caption: "start (6, 2), 200 steps, f64, gradient noise 0.1, seed 12345678",
      landscape: .init(x: -5...5, y: -5...5, value: { himmelblau($0, $1) }),
      minima: minima.map { .init(x: $0.0, y: $0.1, name: "(\($0.0), \($0.1))") },
      saddles: [.init(x: 0.0867, y: 2.8843)], runs: runs, theme: picture.theme)
    figure.view = picture.view
    figure.side = picture.side
    if let size = RacePicture.Size(picture.size) {
      (figure.width, figure.height) = (Double(size.width), Double(size.height))
    }
    return figure
  }

  @Test("lie in the frame, on no other text and on no line", arguments: cases)
  func places(picture: Case) throws {
    let drawn = DrawnFigure(Self.figure(picture).svg(), picture.theme)
    #expect(drawn.isWellFormed)
    #expect(drawn.texts.count > 8 && drawn.ink.count > 100)
    for text in drawn.texts {
      let area = text.area
      #expect(
        area.left >= 0 && area.top >= 0 && area.right <= drawn.size.width && area.bottom <= drawn.size.height,
        "\(text.text) leaves the frame: \(area)")
      let covered = drawn.ink.contains {
        $0.x > area.left && $0.x < area.right && $0.y > area.top && $0.y < area.bottom
      }
      #expect(!covered, "a line crosses \(text.text) at \(area)")
    }
    for second in drawn.texts.indices {
      for first in 0..<second where drawn.texts[first].area.overlaps(drawn.texts[second].area) {
        Issue.record("\(drawn.texts[first].text) and \(drawn.texts[second].text) lie on each other")
      }
    }
  }

  @Test("are the same bytes for the same race")
  func determinism() {
    let picture = Case(runs: 9, size: "slide", view: .surface)
    #expect(Self.figure(picture).svg() == Self.figure(picture).svg())
  }

  @Test("have true minus signs")
  func minusSigns() {
    let drawn = DrawnFigure(Self.figure(Case(runs: 1, size: "1200x620")).svg(), .light)
    #expect(drawn.texts.contains { $0.text == "(\u{2212}2.805118, 3.131312)" })
  }
}
