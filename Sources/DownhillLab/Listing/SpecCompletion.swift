public import Downhill
import DownhillBase
import DownhillLandscapes
import DownhillNN

/// What a shell offers behind the letters that are there: names, then knobs, then values.
///
/// A knob is offered bare and with its default, a name bare and with its colon: a shell puts a space behind a candidate
/// that stands alone, and most are not yet finished.
public struct SpecCompletion: Sendable {
  /// What may stand at one place.
  private struct Entry {
    let name: String
    let knobs: [KnobDescription]
    let isWrapper: Bool
    /// Whether it may be written without a knob.
    var standsBare = true
  }

  private let entries: [Entry]
  private let separator: Character?

  private init(_ entries: [Entry], separator: Character?) {
    self.entries = entries
    self.separator = separator
  }

  /// What an optimizer may ask for beside the gradient of each step.
  public enum Oracle: Sendable {
    case gradients
    /// A second gradient, at weights that were moved.
    case secondGradients
    /// The whole problem, which methods evaluate as they like.
    case problem
  }

  /// Completes an optimizer's spec.
  /// - Parameters:
  ///   - catalogue: What may be named.
  ///   - oracle: What there is to ask.
  public static func optimizer(_ catalogue: Catalogue, asking oracle: Oracle) -> Self {
    var entries = catalogue.rules.map { Entry(name: $0.name.description, knobs: $0.knobs, isWrapper: false) }
    if oracle == .problem {
      entries += catalogue.methods.map { Entry(name: $0.name.description, knobs: $0.knobs, isWrapper: false) }
    }
    if oracle != .gradients {
      entries += catalogue.perturbations.map { Entry(name: $0.name.description, knobs: $0.knobs, isWrapper: true) }
    }
    entries += catalogue.wrappers.map { wrapper in
      let standsBare = wrapper.conflict(wrapper.knobs.map { $0.initial }) == nil
      return Entry(
        name: wrapper.name.description, knobs: wrapper.knobs, isWrapper: true, standsBare: standsBare)
    }
    return Self(entries, separator: "/")
  }

  /// Completes what a race is run on.
  public static var problem: Self {
    Self(
      entries(LandscapeCatalogue.standard.entries) + entries(DataProblem.catalogue)
        + entries(MatrixProblemCatalogue.standard), separator: nil)
  }

  /// Completes a model with its knobs.
  public static var model: Self { Self(entries(ModelCatalogue.standard.entries), separator: nil) }

  private static func entries(_ all: [some SpecEntry]) -> [Entry] {
    all.map { Entry(name: $0.name.description, knobs: $0.knobs, isWrapper: false) }
  }

  /// The candidates that begin with a text, whole, in the order of the catalogue.
  public func candidates(for text: String) -> [String] {
    let start = separator.flatMap { text.lastIndex(of: $0) }.map { text.index(after: $0) } ?? text.startIndex
    let (done, piece) = (text[..<start], text[start...])
    let offered: [String]
    if let colon = piece.firstIndex(of: ":") {
      guard let entry = entries.first(where: { $0.name == piece[..<colon] }) else { return [] }
      offered = settings(of: entry, behind: piece[...colon], piece[piece.index(after: colon)...])
    } else {
      offered = entries.flatMap { names(of: $0) }
    }
    return offered.map { done + $0 }.filter { $0.hasPrefix(text) }
  }

  private func names(of entry: Entry) -> [String] {
    guard entry.isWrapper else { return [entry.name] + (entry.knobs.isEmpty ? [] : [entry.name + ":"]) }
    return (entry.standsBare ? [entry.name + "/"] : []) + entry.knobs.map { "\(entry.name):\($0.name)=" }
  }

  /// The settings so far with every knob, or every value of the knob, that may come next.
  private func settings(of entry: Entry, behind head: Substring, _ text: Substring) -> [String] {
    var (depth, start) = (0, text.startIndex)
    for place in text.indices {
      switch text[place] {
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth == 0: start = text.index(after: place)
      default: break
      }
    }
    guard depth == 0 else { return [] }
    let (earlier, setting) = (text[..<start], text[start...])
    let given = earlier.split(separator: ",").map { $0.prefix { $0 != "=" } }
    if let equals = setting.firstIndex(of: "=") {
      guard let knob = entry.knobs.first(where: { $0.name.description == setting[..<equals] }) else { return [] }
      return values(of: knob).map { head + earlier + setting[...equals] + $0 }
    }
    return entry.knobs.filter { knob in !given.contains { $0 == knob.name.description } }.flatMap { knob in
      let opening = head + earlier + knob.name.description + "="
      return knob.initial.isFinite ? [String(opening), opening + knob.defaultText] : [String(opening)]
    }
  }

  private func values(of knob: KnobDescription) -> [String] {
    switch knob.kind {
    case .flag: ["true", "false"]
    case .choice(let names): names.map { $0.description }
    case .integer, .extent: [knob.defaultText]
    case .number:
      (knob.initial.isFinite ? [knob.defaultText] : [])
        + (separator == nil ? [] : ScheduleForm.all.map { "\($0.name)(" })
    }
  }
}
