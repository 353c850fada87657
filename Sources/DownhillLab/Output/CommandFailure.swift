import Downhill
import DownhillFiles
import DownhillLandscapes

/// Why a command ends without doing what was asked, with the exit status of BSD's `sysexits.h`.
public struct CommandFailure: Error, CustomStringConvertible, Sendable {
  /// Whose fault it is.
  public enum Kind: Int32, Sendable {
    /// A mistake on the command line.
    case usage = 64
    /// A file that is there, but malformed.
    case data = 65
    /// A file or a program that is not there, or a disk that is full.
    case input = 74
  }

  public let kind: Kind
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// A mistake on the command line.
  public static func usage(_ description: String) -> CommandFailure { CommandFailure(.usage, description) }

  /// What is known of any error that this package throws; others count as failures of input and output.
  public init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as SpecError: self.init(.usage, error.description)
    case let error as FileError: self.init(error.kind == .data ? .data : .input, error.description)
    case let error as SamplingError: self.init(.usage, error.description)
    case let error as UnknownCharacter: self.init(.data, error.description)
    case let error as StateError: self.init(.data, error.description)
    default: self.init(.input, "\(error)")
    }
  }
}
