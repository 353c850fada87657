import DownhillKernels
import DownhillNN

/// Whether all gradients of a store are numbers.
struct GradientCheck {
  let store: ParameterStore
  let loop: TeamLoop
  private let places: UnsafeMutableBufferPointer<Bool>

  init(_ store: ParameterStore, on loop: TeamLoop) {
    (self.store, self.loop) = (store, loop)
    places = .allocate(capacity: store.parameters.count)
    places.initialize(repeating: true)
  }

  /// Gives back what `init` took.
  func release() { places.deallocate() }

  /// Looks at all of them.
  func allAreFinite() -> Bool {
    let (store, places) = (store, places)
    loop.forEach(places.count) { place, _ in
      places[place] = Self.isFinite(UnsafeBufferPointer(store.gradient(of: place)))
    }
    return places.allSatisfy { $0 }
  }

  /// Looks at the weights.
  func weightsAreFinite() -> Bool {
    store.parameters.indices.allSatisfy { Self.isFinite(UnsafeBufferPointer(store.weights(of: $0))) }
  }

  /// The names of the parameters whose gradients, or weights, are not all finite.
  var culprits: [String] {
    store.parameters.indices.filter { place in
      !Self.isFinite(UnsafeBufferPointer(store.gradient(of: place)))
        || !Self.isFinite(UnsafeBufferPointer(store.weights(of: place)))
    }.map { store.parameters[$0].name }
  }

  /// By the largest exponent, which a vector of whole numbers finds in one pass.
  private static func isFinite(_ numbers: UnsafeBufferPointer<Float>) -> Bool {
    var most: UInt32 = 0
    for number in numbers { most = max(most, number.bitPattern & 0x7FFF_FFFF) }
    return most < 0x7F80_0000
  }
}
