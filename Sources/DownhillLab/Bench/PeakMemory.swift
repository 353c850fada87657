import Foundation

/// The most memory that this process has had in use, in bytes.
func peakMemoryBytes() -> Int {
  var usage = rusage()
  #if os(Linux)
    // In kilobytes.
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return usage.ru_maxrss * 1024
  #else
    guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    return usage.ru_maxrss
  #endif
}

/// What this process holds of memory at the moment; nil where the system does not say.
func residentMemoryBytes() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * Int(getpagesize()) }
}
