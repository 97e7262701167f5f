import DverCore
package import DverYAML

extension PipelineFile {
  /// A property of a plot and what it becomes; `nil` to take it away.
  package typealias PlotChange = (key: String, value: YAMLScalar?)

  /// The text of a `dver.yaml` in which a plot of a stage has other properties.
  ///
  /// Comments stay where the plot's properties are lines of their own; a plot without any, or with
  /// all of them in one line, is written anew.
  ///
  /// - Parameters:
  ///   - plot: The plot's path as written.
  ///   - stage: The stage that writes it.
  /// - Returns: `nil` where the text does not list the plot under the stage, as where a template
  ///   makes its name.
  /// - Throws: `YAMLError` where the text cannot be edited.
  package static func changing(
    plot: [UInt8], of stage: String, _ changes: [PlotChange], in bytes: [UInt8], source: String
  ) throws(YAMLError) -> [UInt8]? {
    var editor = try YAMLEditor(bytes: bytes, source: source)
    let list: [YAMLPathStep] = ["stages", .key(stage), "plots"]
    guard let items = editor.document.root?["stages"]?[stage]?["plots"]?.items,
      let position = items.firstIndex(where: { PlotItem($0).path == plot })
    else { return nil }
    let item = PlotItem(items[position])
    let kept = item.members.filter { member in !changes.contains { $0.key == member.key.text } }
    guard item.hasLines, !(kept.isEmpty && changes.allSatisfy { $0.value == nil }) else {
      return item.rewritten(changes, lineEnd: editor.document.lineEnd)
    }
    let place = list + [.item(position), .key(item.name)]
    for change in changes {
      guard let value = change.value else {
        try editor.remove(place + [.key(change.key)])
        continue
      }
      if editor.contains(place + [.key(change.key)]) {
        try editor.set(place + [.key(change.key)], to: value)
      } else {
        try editor.add(change.key, value, to: place)
      }
    }
    return editor.bytes
  }
}

/// An item of `plots` of a stage: a path, or a map of a path to properties.
private struct PlotItem {
  let node: YAMLNode
  /// The path as text.
  let name: String
  let members: [YAMLPair]
  /// Whether the properties are lines of their own.
  let hasLines: Bool

  init(_ node: YAMLNode) {
    self.node = node
    let value = node.kind == .mapping ? node.pairs.first?.value : nil
    name = node.kind == .mapping ? node.pairs.first?.key.text ?? "" : node.text
    members = value?.pairs ?? []
    hasLines = node.style != .flow && value?.style == .block && !members.isEmpty
  }

  var path: [UInt8]? { PathText.bytes(of: name) }

  /// The text of the whole file with this item in lines of its own.
  func rewritten(_ changes: [PipelineFile.PlotChange], lineEnd: [UInt8]) -> [UInt8] {
    let document = node.document
    var lines: [[UInt8]] = []
    for member in members {
      let key = Array(document.bytes[member.key.range])
      if let change = changes.first(where: { $0.key == member.key.text }) {
        change.value.map { lines.append(key + Self.text(of: $0)) }
      } else {
        lines.append(key + Array(": ".utf8) + Array(document.bytes[member.value.range]))
      }
    }
    for change in changes where !members.contains(where: { $0.key.text == change.key }) {
      change.value.map { lines.append(Array(change.key.utf8) + Self.text(of: $0)) }
    }
    var text: [UInt8] = []
    YAMLWriter.append(string: name, to: &text)
    if !lines.isEmpty { text.append(UInt8(ascii: ":")) }
    let margin = [UInt8](repeating: UInt8(ascii: " "), count: node.mark.column + 1)
    for line in lines { text += lineEnd + margin + line }
    return Array(document.bytes[..<node.range.lowerBound]) + text
      + document.bytes[node.range.upperBound...]
  }

  private static func text(of scalar: YAMLScalar) -> [UInt8] {
    var text = Array(": ".utf8)
    YAMLWriter.append(scalar, to: &text)
    return text
  }
}
