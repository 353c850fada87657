import DownhillNN

extension Model {
  /// What a sample is to it, where there is no data to say.
  var sampleForm: SampleForm {
    let read: SampleForm.Input =
      switch input {
      case .images(let channels, let size): .image(channels: channels, rows: size.rows, columns: size.columns)
      case .features(let count): .vector(features: count)
      case .tokens(let context, let vocabulary): .tokens(context: context, vocabulary: vocabulary)
      }
    if case .tokens = input { return SampleForm(input: read, target: .nextTokens) }
    switch output {
    case .classes(let count): return SampleForm(input: read, target: .classes(count))
    case .numbers(let count): return SampleForm(input: read, target: .numbers(count))
    }
  }
}
