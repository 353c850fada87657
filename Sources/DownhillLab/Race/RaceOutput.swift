import DownhillFiles
import Foundation

/// A file that a race is written to; its extension says as what.
public struct RaceOutput: Sendable {
  private enum Form: String, CaseIterable {
    case svg, png, pdf, gif, mp4, json, csv
  }

  /// The extensions that are known.
  public static let extensions = Form.allCases.map { $0.rawValue }

  private let path: String
  private let form: Form

  /// Checks a path before the race is run.
  /// - Throws: `CommandFailure` for an extension that is unknown, a folder that is missing, or a directory.
  public init(path: String) throws {
    self.path = path
    let suffix = fileExtension(of: path)
    guard let form = Form(rawValue: suffix.lowercased()) else {
      let known = Form.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw CommandFailure.usage("--out \(path): unknown extension \"\(suffix)\"; there are \(known)")
    }
    self.form = form
    try checkOutput(path)
  }

  /// Writes a race to all of its files; to none where one of them cannot be made or written.
  /// - Throws: `CommandFailure` where there is no PNG, `FileError` for a file.
  public static func write(_ result: RaceResult, as picture: RacePicture, to outputs: [RaceOutput]) async throws {
    var files: [(path: String, append: (inout AtomicWrite) throws -> Void)] = []
    for output in outputs {
      let bytes = try await output.bytes(of: result, as: picture)
      files.append((output.path, { try $0.write(bytes) }))
    }
    try writeTogether(files)
  }

  /// Whether it is an animation, which shows paths over a plane and nothing else.
  public var isAnimation: Bool { form == .gif || form == .mp4 }

  /// Whether it is a picture that stands still.
  public var isPicture: Bool { form == .svg || form == .png || form == .pdf }

  private func bytes(of result: RaceResult, as picture: RacePicture) async throws -> [UInt8] {
    switch form {
    case .svg: Array(result.figure(picture).svg().utf8)
    case .json: Array((result.json.serialized + "\n").utf8)
    case .csv: Array(result.csv.utf8)
    case .png: try await PictureProgram.png(of: result.figure(picture).svg(), zoom: Self.zoom)
    case .pdf: try await PictureProgram.pdf(of: result.figure(picture).svg())
    case .gif: try await movie(.gif, of: result, picture)
    case .mp4: try await movie(.mp4, of: result, picture)
    }
  }

  /// Two pixels for one of the drawing: sharp on today's screens.
  private static let zoom = 2

  private func movie(_ form: Movie.Form, of result: RaceResult, _ picture: RacePicture) async throws -> [UInt8] {
    var race = result.figure(picture)
    let size = picture.size
    (race.width, race.height) = (Double(size?.width ?? 800), Double(size?.height ?? 600))
    race.side = .loss
    guard let stage = race.stage(steps: result.settings.steps) else {
      throw CommandFailure.usage("--out \(path): an animation shows paths on a landscape of two dimensions")
    }
    let frames = try await RaceFrames(race, stage: stage, steps: result.settings.steps, frames: picture.frames)
    let plan = frames.plan
    let movie = Movie(
      form: form, width: frames.width, height: frames.height, framesPerSecond: AnimationPlan.framesPerSecond,
      count: plan.total, frame: { frames.frame($0) })
    return try await movie.bytes(progress: Progress("frames", total: plan.total))
  }
}
