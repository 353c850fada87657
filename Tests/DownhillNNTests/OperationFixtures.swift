import DownhillBase
import DownhillNN
import Foundation
import TestSupport
import Testing

/// An operation forward and backward by PyTorch in float64: `Tools/golden/operations.py`.
struct OperationCase: Decodable, CustomTestStringConvertible {
  struct Tensor: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  enum KnobValue: Decodable {
    case flag(Bool), number(Double), numbers([Int]), text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let numbers = try? container.decode([Int].self) {
        self = .numbers(numbers)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  let operation, title: String
  let knobs: [String: KnobValue]
  let inputs: [String: Tensor]
  let output: Tensor
  let gradientFromAbove: Tensor?
  let gradients: [String: Tensor]
  let changed: [String: Tensor]?
  /// How far PyTorch in float32 is off, the norm over each tensor.
  let float32Errors: [String: Double]

  var testDescription: String { "\(operation) \(title)" }

  func extent(_ knob: String) throws -> Extent {
    guard case .numbers(let numbers)? = knobs[knob], numbers.count == 2 else { throw Missing(knob) }
    return Extent(numbers[0], numbers[1])
  }

  func number(_ knob: String) throws -> Double {
    guard case .number(let number)? = knobs[knob] else { throw Missing(knob) }
    return number
  }

  func flag(_ knob: String) throws -> Bool {
    guard case .flag(let flag)? = knobs[knob] else { throw Missing(knob) }
    return flag
  }

  func activation() throws -> ActivationKind {
    guard case .text(let text)? = knobs["activation"] else { throw Missing("activation") }
    if text == "none" { return .identity }
    guard let kind = ActivationKind(rawValue: text) else { throw Missing(text) }
    return kind
  }

  struct Missing: Error {
    let name: String
    init(_ name: String) { self.name = name }
  }

  static func all(_ operations: String...) throws -> [OperationCase] {
    struct File: Decodable { let cases: [OperationCase] }
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "operations.json"))
    return try JSONDecoder().decode(File.self, from: data).cases.filter { operations.contains($0.operation) }
  }
}
