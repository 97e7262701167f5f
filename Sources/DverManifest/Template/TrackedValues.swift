/// The values of parameter files that the templates of one stage name.
package struct TrackedValues: Sendable {
  package struct File: Sendable {
    /// Counted from the folder of the `dver.yaml`.
    package let path: String
    /// Dotted keys, in the order of their first use.
    package fileprivate(set) var values: [StageLock.Value]
    fileprivate var known: Set<String>
  }

  /// In the order of their first use.
  package private(set) var files: [File] = []

  package init() {}

  package var isEmpty: Bool { files.isEmpty }

  mutating func add(file path: String, key: String, value: ParameterValue) {
    let place = files.firstIndex { $0.path == path } ?? files.count
    if place == files.count { files.append(File(path: path, values: [], known: [])) }
    guard files[place].known.insert(key).inserted else { return }
    files[place].values.append(StageLock.Value(key: key, value: value))
  }
}
