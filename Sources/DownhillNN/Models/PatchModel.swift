import DownhillBase

/// A model of images that are cut into patches: what its forms have in common.
protocol PatchModel: Model {
  /// Channels of an image.
  var channels: Int { get set }
  /// Rows and columns of an image.
  var size: Extent { get set }
  /// The side of a patch, which divides both.
  var patch: Int { get set }
  var classes: Int { get set }
}

extension PatchModel {
  public var input: ModelInput { .images(channels: channels, size: size) }
  public var output: ModelOutput { .classes(classes) }
  public var conflict: StaticString? { patchConflict }

  /// Why patch and size do not go together, if they do not.
  var patchConflict: StaticString? {
    size.rows % patch != 0 || size.columns % patch != 0 ? "patch must divide the rows and columns of size" : nil
  }
}

extension Knob where Owner: PatchModel {
  static var images: [Self] {
    [
      .channels({ $0.channels }, { $0.channels = $1 }), .size({ $0.size }, { $0.size = $1 }),
      .count("patch", atMost: 4096, "The side of a patch.", { $0.patch }, { $0.patch = $1 }),
      .classes({ $0.classes }, { $0.classes = $1 }),
    ]
  }
}
