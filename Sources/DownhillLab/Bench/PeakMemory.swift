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
