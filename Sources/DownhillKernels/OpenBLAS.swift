import CLAPACK

enum OpenBLAS {
  /// Its own threads would be a second team on the same cores, and split sums differently with their number.
  private static let isOnOneThread: Void = openblas_set_num_threads(1)

  static func prepare() { isOnOneThread }
}
