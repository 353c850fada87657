public import DownhillBase

/// Which parameters a group takes: those that meet every condition.
public struct ParameterSelector: Sendable, Equatable {
  /// A parameter's role must be one of these; any where nil.
  public var roles: [ParameterRole]?
  /// A parameter's name must match one of these, `*` for any letters and `?` for one byte; any where nil.
  public var names: [String]?

  public init(roles: [ParameterRole]? = nil, names: [String]? = nil) {
    self.roles = roles
    self.names = names
  }

  /// Takes whatever is left.
  public static let all = ParameterSelector()

  /// Whether it takes a parameter; one whose role is unknown meets no condition on it.
  public func matches(_ parameter: Parameter) -> Bool {
    if let roles {
      guard let role = parameter.role, roles.contains(role) else { return false }
    }
    guard let names else { return true }
    let name = Array(parameter.name.utf8)
    return names.contains { Self.matches(name[...], Array($0.utf8)[...]) }
  }

  /// In time of at most length times length: after a star that failed only the last one is tried again.
  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (place, next) = (name.startIndex, pattern.startIndex)
    var star: (pattern: Int, place: Int)?
    while place < name.endIndex {
      if next < pattern.endIndex, pattern[next] == UInt8(ascii: "*") {
        star = (next, place)
        next += 1
      } else if next < pattern.endIndex, pattern[next] == name[place] || pattern[next] == UInt8(ascii: "?") {
        place += 1
        next += 1
      } else if let last = star {
        star = (last.pattern, last.place + 1)
        (next, place) = (last.pattern + 1, last.place + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
