import DownhillFiles
import Yams

extension TrainConfiguration {
  /// As YAML, every key in its order.
  var yaml: String {
    let mapping = Node(Self.fields.map { (Node($0.key), $0.read(self)) })
    // Texts and whole numbers have a form in YAML whatever they hold.
    return (try? Yams.serialize(node: mapping)) ?? ""
  }

  /// Sets a key from a text, as the command line gives it.
  /// - Throws: `CommandFailure` of kind usage.
  mutating func set(_ setting: TrainSetting) throws(CommandFailure) {
    guard let field = Self.fields.first(where: { $0.key == setting.key }) else {
      throw .usage("unknown setting \"\(setting.key)\"")
    }
    do throws(Misfit) { try field.write(&self, setting.node) } catch {
      throw .usage("--\(setting.key) \(error.found): expected \(error.expected)")
    }
  }
}

/// A key of the configuration with what was given for it on the command line.
public struct TrainSetting: Sendable {
  public let key: String
  private let values: [String]
  private let isList: Bool

  /// One value.
  public init(_ key: String, _ value: some CustomStringConvertible) {
    (self.key, values, isList) = (key, [value.description], false)
  }

  /// Several.
  public init(_ key: String, list values: [String]) { (self.key, self.values, isList) = (key, values, true) }

  /// The only value.
  var text: String { values.first ?? "" }

  var node: Node { isList ? Node(values.map { Node($0) }) : Node(text) }
}

/// A configuration as it stands in a file, with the lines for messages.
struct ConfigurationFile {
  private let path: String
  private let entries: [(key: String, line: Int?, value: Node)]

  /// - Throws: `FileError` where it cannot be read; `CommandFailure` of kind data that names the line, the key, what was
  ///   found and what is expected.
  init(contentsOf path: String) throws {
    self.path = path
    let root: Node?
    do { root = try Yams.compose(yaml: readTextFile(path)) } catch let error as FileError { throw error } catch {
      throw CommandFailure(.data, "\(path): \(excerpt("\(error)", limit: 200))")
    }
    guard let mapping = root?.mapping else {
      throw CommandFailure(.data, "\(path): found no mapping, expected lines of KEY: VALUE")
    }
    let known = TrainConfiguration.fields.map { $0.key } + ["epochs"]
    entries = try mapping.map { key, value in
      let line = key.mark?.line
      guard let name = key.string, known.contains(name) else {
        throw CommandFailure(
          .data,
          "\(Self.place(path, line)): unknown key \(excerpt(key.string ?? "?")); there are: "
            + known.joined(separator: ", "))
      }
      return (name, line, value)
    }
  }

  private static func place(_ path: String, _ line: Int?) -> String { line.map { "\(path):\($0)" } ?? path }

  var keys: Set<String> { Set(entries.map { $0.key }) }

  /// The text of a key that has one.
  func text(of key: String) -> String? { entries.last { $0.key == key }?.value.scalar?.string }

  /// Puts what the file has in its place.
  func apply(to configuration: inout TrainConfiguration) throws(CommandFailure) {
    for (key, line, value) in entries {
      guard let field = TrainConfiguration.fields.first(where: { $0.key == key }) else { continue }
      do throws(TrainConfiguration.Misfit) { try field.write(&configuration, value) } catch {
        throw CommandFailure(
          .data, "\(Self.place(path, line)): \(key) is \(excerpt(error.found)), expected \(error.expected)")
      }
    }
  }
}
