import Foundation

/// Whether the user has asked the run to end: by SIGINT (Ctrl-C) or SIGTERM. The step is finished then, and what was
/// reached is written; asking twice ends the program at once.
final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var received: Int32?
  private var sources: [any DispatchSourceSignal] = []

  /// A file that grows over a limit is an error to be told, as a full disk is, and not the end of the program.
  static func survivesFileLimits() { signal(SIGXFSZ, SIG_IGN) }

  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// The signal that came, if one did.
  var signalNumber: Int32? { lock.withLock { received } }

  private func receive(_ number: Int32) {
    lock.withLock { received = number }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
