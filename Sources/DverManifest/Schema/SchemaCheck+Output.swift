/// What a pointer or a stage says about an output beside its path and digest.
struct OutputSettings {
  var isCached = true
  var persists = false
  var isPushed = true
  var remote: String?
  var annotations = OutputAnnotations()

  static let keys = ["cache", "persist", "push", "remote", "desc", "type", "labels", "meta"]
}

extension SchemaCheck {
  /// Reads `pair` into `settings`; false if its key is none of theirs.
  mutating func read<Node: SchemaNode>(
    _ pair: (key: Node, value: Node), into settings: inout OutputSettings,
    _ keyPath: @autoclosure () -> String
  ) -> Bool {
    let value = pair.value
    let key = pair.key.text
    switch key {
    case "cache": settings.isCached = bool(value, "\(keyPath()).cache") ?? true
    case "persist": settings.persists = bool(value, "\(keyPath()).persist") ?? false
    case "push": settings.isPushed = bool(value, "\(keyPath()).push") ?? true
    case "remote": settings.remote = string(value, "\(keyPath()).remote")
    case "desc": settings.annotations.summary = note(value, "\(keyPath()).desc")
    case "type": settings.annotations.type = note(value, "\(keyPath()).type")
    case "labels": settings.annotations.labels = notes(value, "\(keyPath()).labels")
    case "meta": settings.annotations.meta = ParameterValue(value)
    default: return false
    }
    return true
  }
}
