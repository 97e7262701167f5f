import DverGit

extension Workspace {
  /// A configuration file with those options set back that an operation changed, whatever others
  /// wrote beside them.
  ///
  /// - Parameters:
  ///   - left: What the operation left.
  ///   - wanted: What was there before it.
  /// - Returns: `nil` where one of the options has a third value by now.
  func mergedSettings(
    left: [UInt8], wanted: [UInt8], present: [UInt8]
  ) throws -> [UInt8]? {
    let (left, wanted, now) = (try Settings(left), try Settings(wanted), try Settings(present))
    let changed = Set(left.names + wanted.names).filter { left[$0] != wanted[$0] }
      .sorted { $0.lexicographicallyPrecedes($1) }
    for name in changed {
      guard wanted[name].count <= 1, now[name] == left[name] || now[name] == wanted[name] else {
        return nil
      }
    }
    return try edited(present) { file in
      for name in changed {
        if let value = wanted[name].first {
          try file.set(name, value ?? Array("true".utf8))
        } else {
          _ = try file.unset(name)
        }
      }
      let after = try Settings(file.read())
      for section in Set(changed.map(Settings.section)) where wanted.names(in: section).isEmpty {
        // The store's identity is of no use without the remote.
        let isLeft = after.names(in: section).allSatisfy {
          section.starts(with: Array("remote.".utf8)) && $0 == section + Array(".id".utf8)
        }
        if isLeft { _ = try file.removeSection(section) }
      }
    }
  }
}

/// The options of one configuration file with their values.
private struct Settings {
  private let text: ConfigText

  init(_ bytes: [UInt8]) throws { text = try ConfigText(bytes, file: Array(".dver/config".utf8)) }

  init(_ text: ConfigText) { self.text = text }

  var names: [[UInt8]] { text.entries.map(\.name) }

  func names(in section: [UInt8]) -> [[UInt8]] { names.filter { Self.section($0) == section } }

  /// All values of an option; `nil` for one without `=`.
  subscript(name: [UInt8]) -> [[UInt8]?] {
    text.entries.filter { $0.name == name }.map(\.value)
  }

  /// The section with its subsection.
  static func section(_ name: [UInt8]) -> [UInt8] {
    Array(name[..<(name.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex)])
  }
}
