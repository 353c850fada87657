#if canImport(Glibc)
  import Glibc
#endif

/// Counts what a thread allocates through the Swift runtime: objects and raw memory, freed again or not.
///
/// On Linux, where the runtime calls `malloc` and `posix_memalign` through a table of addresses that the dynamic linker
/// filled: two entries of that table are pointed at functions here, which count and pass on.
/// (The runtime's own hook, `_swift_allocObject`, is no use: with it set, Swift 6.3 on Linux retains small strings as if
/// they were objects. Replacing `malloc` for the whole program would clash with the address sanitizer.)
package enum AllocationCounter {
  /// How many allocations this thread makes in `body`; nil where they cannot be counted.
  package static func count(_ body: () -> Void) -> Int? {
    #if canImport(Glibc)
      guard isInstalled else { return nil }
      var count = 0
      withUnsafeMutablePointer(to: &count) { counter in
        pthread_setspecific(key, counter)
        body()
        pthread_setspecific(key, nil)
      }
      return count
    #else
      return nil
    #endif
  }

  #if canImport(Glibc)
    private static let isInstalled: Bool = {
      guard let library = dlopen("libswiftCore.so", RTLD_NOW | RTLD_NOLOAD), let table = LinkTable(ofLibrary: library),
        let allocate = dlsym(library, "malloc"), let allocateAligned = dlsym(library, "posix_memalign"),
        pthread_key_create(&key, nil) == 0
      else { return false }
      malloc = unsafeBitCast(allocate, to: Malloc.self)
      posixMemalign = unsafeBitCast(allocateAligned, to: PosixMemalign.self)
      let counting: Malloc = { size in
        noteAllocation()
        return malloc?(size)
      }
      let countingAligned: PosixMemalign = { result, alignment, size in
        noteAllocation()
        return posixMemalign?(result, alignment, size) ?? ENOMEM
      }
      return table.point("malloc", at: unsafeBitCast(counting, to: UInt.self))
        && table.point("posix_memalign", at: unsafeBitCast(countingAligned, to: UInt.self))
    }()
  #endif
}

#if canImport(Glibc)
  private typealias Malloc = @convention(c) (Int) -> UnsafeMutableRawPointer?
  private typealias PosixMemalign = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>?, Int, Int) -> CInt

  // Written before the table is changed, and constants before that: to read them allocates nothing.
  nonisolated(unsafe) private var key = pthread_key_t()
  nonisolated(unsafe) private var malloc: Malloc?
  nonisolated(unsafe) private var posixMemalign: PosixMemalign?

  private func noteAllocation() {
    if let counter = pthread_getspecific(key) { counter.assumingMemoryBound(to: Int.self).pointee += 1 }
  }

  /// The addresses through which a loaded library calls functions of others (ELF's relocations of kind JUMP_SLOT).
  private struct LinkTable {
    private let base: UnsafeRawPointer
    /// What the dynamic section says, by tag.
    private var entries: [Int: UInt] = [:]

    /// - Parameter library: What `dlopen` returned: in glibc a `link_map`, whose fields are the library's base address,
    ///   its name, its dynamic section, ….
    init?(ofLibrary library: UnsafeMutableRawPointer) {
      let fields = library.assumingMemoryBound(to: UInt.self)
      guard let base = UnsafeRawPointer(bitPattern: fields[0]),
        var entry = UnsafePointer<(tag: Int, value: UInt)>(bitPattern: fields[2])
      else { return nil }
      self.base = base
      while entry.pointee.tag != 0 {
        entries[entry.pointee.tag] = entry.pointee.value
        entry += 1
      }
    }

    /// Makes calls of a function go to another address.
    func point(_ name: String, at address: UInt) -> Bool {
      let (sizeTag, stringsTag, symbolsTag, jumpsTag) = (2, 5, 6, 23)
      guard let strings = pointer(stringsTag), let symbols = pointer(symbolsTag), let jumps = pointer(jumpsTag),
        let size = entries[sizeTag]
      else { return false }
      for place in stride(from: 0, to: Int(size), by: 24) {
        let (offset, info) = jumps.loadUnaligned(fromByteOffset: place, as: (UInt, UInt).self)
        let symbol = symbols + Int(info >> 32) * 24
        let text = strings + Int(symbol.loadUnaligned(as: UInt32.self))
        if String(cString: text.assumingMemoryBound(to: CChar.self)) != name { continue }
        let slot = UnsafeMutableRawPointer(mutating: base + Int(offset))
        let page = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: slot) & ~4095)
        guard mprotect(page, 8192, PROT_READ | PROT_WRITE) == 0 else { return false }
        slot.storeBytes(of: address, as: UInt.self)
        return true
      }
      return false
    }

    /// glibc has added the base to the addresses of the dynamic section already.
    private func pointer(_ tag: Int) -> UnsafeRawPointer? { entries[tag].flatMap { UnsafeRawPointer(bitPattern: $0) } }
  }
#endif
