import Foundation

/// That one process at a time works on a run: a file that the system holds locked for it.
///
/// The lock ends with the process, however it ends; what a dead one left of the file holds nobody up.
final class RunLock {
  private let path: String
  private let descriptor: Int32

  /// - Throws: `CommandFailure` of kind input where another process works on the run.
  init(path: String) throws(CommandFailure) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CommandFailure(.input, "\(path): \(String(cString: strerror(errno)))")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      let owner = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      close(descriptor)
      throw CommandFailure(
        .input, "\(path): process \(owner.trimmingCharacters(in: .whitespacesAndNewlines)) works on this run")
    }
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { write(descriptor, $0, strlen($0)) }
    (self.path, self.descriptor) = (path, descriptor)
  }

  /// Gives the run free.
  func release() {
    unlink(path)
    close(descriptor)
  }
}
