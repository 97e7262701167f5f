import CYaml

/// The library that reads YAML.
package enum YAMLLibrary {
  /// Its version, such as `0.2.5`.
  package static var version: String {
    guard let text = unsafe yaml_get_version_string() else { return "unknown" }
    return unsafe String(cString: text)
  }
}
