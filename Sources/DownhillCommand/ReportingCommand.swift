import ArgumentParser
import DownhillLab
import Foundation

/// How a command reports.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// A command whose failures are told in one line on standard error, with the exit code that says whose fault they are.
protocol ReportingCommand: AsyncParsableCommand {
  func report() async throws
}

extension ReportingCommand {
  func run() async throws {
    do {
      try await report()
    } catch let error as ValidationError {
      throw error
    } catch let code as ExitCode {
      // What there was to say has been said.
      throw code
    } catch {
      let failure = CommandFailure(error)
      // Where standard error is closed, the exit status alone has to tell.
      try? FileHandle.standardError.write(contentsOf: Data("Error: \(failure)\n".utf8))
      throw ExitCode(failure.kind.rawValue)
    }
  }
}

/// Writes to standard output, set off as the terminal wants it.
func printResult(_ text: String) throws {
  try printPiece(TerminalStyle.standardOutput.emphasized(text.hasSuffix("\n") ? text : text + "\n"))
}

/// Writes to standard output as it is.
func printPiece(_ text: String) throws {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  } catch {
    throw CommandFailure(.input, "standard output: \(error.localizedDescription)")
  }
}
