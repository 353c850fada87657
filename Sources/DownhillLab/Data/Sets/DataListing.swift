/// The data sets that there are, as JSON and as text.
public enum DataListing {
  /// Made and remote ones.
  public static var json: JSON {
    .object([
      (
        "made",
        .array(
          MadeData.catalogue.map {
            .object([
              ("name", .text($0.name.description)), ("summary", .text($0.summary.description)),
              ("knobs", .array($0.knobs.map { $0.json })),
            ])
          })
      ),
      (
        "remote",
        .array(
          RemoteData.catalogue.map {
            .object([
              ("name", .text($0.name)), ("summary", .text($0.summary)), ("bytes", .integer($0.byteCount)),
              ("path", $0.isThere ? .text($0.path) : .null),
            ])
          })
      ),
    ])
  }

  /// Two tables.
  public static var text: String {
    var made = TextTable([("made", .left), ("what", .left), ("knobs", .left)])
    for entry in MadeData.catalogue {
      let knobs = entry.knobs.map { "\($0.name)=\($0.defaultText)" }.joined(separator: " ")
      made.add([entry.name.description, entry.summary.description, knobs])
    }
    var remote = TextTable([("to fetch", .left), ("what", .left), ("MB", .right), ("here", .left)])
    for set in RemoteData.catalogue {
      remote.add([
        set.name, set.summary, readable(Double(set.byteCount) / 1e6, digits: 3), set.isThere ? "yes" : "no",
      ])
    }
    return """
      \(made.text)
      \(remote.text)
      Files: text (UTF-8), CSV, a folder with CIFAR's .bin files, one with IDX files (gzipped or not), one with a folder of
      PNG and JPEG files a class, in train and val or at once.

      """
  }
}
