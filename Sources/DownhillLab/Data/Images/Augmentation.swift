public import Downhill
public import DownhillBase

/// What is done to a training image each time it is seen, in the order crop, flip, cutout.
public struct Augmentation: Sendable, Equatable {
  /// Pixels of black around the image, out of which one of its own size is cut anywhere; 0 for none.
  public var padding = 0
  /// Whether left and right are exchanged half of the time.
  public var flips = false
  /// The side of a square that is set to the mean colour, its centre anywhere in the image; 0 for none. DeVries and
  /// Taylor 2017, arXiv:1708.04552.
  public var cutout = 0

  public init() {}

  /// Whether nothing is done.
  public var isEmpty: Bool { self == Augmentation() }

  /// Reads `crop:padding=4/flip/cutout:size=8`, or `none`.
  ///
  /// - Throws: `SpecError` that names what is unknown or out of range.
  public init(_ text: String) throws(SpecError) {
    if text == "none" { return }
    for piece in text.split(separator: "/", omittingEmptySubsequences: false) {
      let (entry, values) = try AugmentationEntry.parse(
        String(piece), among: AugmentationEntry.catalogue, kind: "augmentation")
      entry.apply(&self, values)
    }
  }

  /// As it is read.
  public var text: String {
    var pieces: [String] = []
    if padding > 0 { pieces.append("crop:padding=\(padding)") }
    if flips { pieces.append("flip") }
    if cutout > 0 { pieces.append("cutout:size=\(cutout)") }
    return pieces.isEmpty ? "none" : pieces.joined(separator: "/")
  }
}

/// A way to change images, as the command line lists it.
public struct AugmentationEntry: SpecEntry {
  public let name: StaticString
  public let summary: StaticString
  public let knobs: [KnobDescription]
  public let conflict: @Sendable (_ values: [Double]) -> StaticString? = { _ in nil }
  let apply: @Sendable (inout Augmentation, [Double]) -> Void

  /// Those there are.
  public static let catalogue = [
    AugmentationEntry(
      name: "crop", summary: "Cuts an image of the same size out of the padded one.",
      knobs: Crop.knobs.map { $0.description }, apply: { $0.padding = Int($1.first ?? 4) }),
    AugmentationEntry(
      name: "flip", summary: "Exchanges left and right half of the time.", knobs: [],
      apply: { (all, _) in all.flips = true }),
    AugmentationEntry(
      name: "cutout", summary: "Hides a square.", knobs: Cutout.knobs.map { $0.description },
      apply: { $0.cutout = Int($1.first ?? 8) }),
  ]

  private struct Crop: Configurable {
    var padding = 4

    static var knobs: [Knob<Self>] {
      [
        .integer(
          "padding", in: KnobRange(1, 512), unit: "pixels", "Pixels of black on each side.", { $0.padding },
          { $0.padding = $1 })
      ]
    }
  }

  private struct Cutout: Configurable {
    var size = 8

    static var knobs: [Knob<Self>] {
      [
        .integer(
          "size", in: KnobRange(1, 512), unit: "pixels", "The side of the square.", { $0.size }, { $0.size = $1 })
      ]
    }
  }
}
