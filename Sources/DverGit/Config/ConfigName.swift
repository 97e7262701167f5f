/// Names of options: `section.option` or `section.subsection.option`.
///
/// Git's syntax has no underscore in the name of an option, DVC's names have, so `lock_timeout` and
/// `lock-timeout` are the same; files hold the latter.
package enum ConfigName {
  /// The name with section and option in lower case; a subsection keeps its case and may hold dots.
  package static func normalized(_ name: some Collection<UInt8>) throws(GitError) -> [UInt8] {
    let name = Array(name)
    let refusal = GitError.configName(String(decoding: name, as: UTF8.self))
    guard let first = name.firstIndex(of: dot), let last = name.lastIndex(of: dot) else {
      throw refusal
    }
    let section = name[..<first].map { ConfigParser.lowercased($0) }
    let option = name[(last + 1)...].map { ConfigParser.optionByte($0) }
    guard isSection(section), let letter = option.first, ConfigParser.isLetter(letter),
      option.allSatisfy({ ConfigParser.isNameByte($0) })
    else { throw refusal }
    guard first < last else { return section + [dot] + option }
    guard isSubsection(name[(first + 1)..<last]) else { throw refusal }
    return section + name[first...last] + option
  }

  package static func normalized(_ name: String) throws(GitError) -> [UInt8] {
    try normalized(Array(name.utf8))
  }

  /// The name of a section, `section` or `section.subsection`, in the form of `normalized`.
  package static func normalizedSection(_ name: [UInt8]) throws(GitError) -> [UInt8] {
    let end = name.firstIndex(of: dot) ?? name.count
    let section = name[..<end].map { ConfigParser.lowercased($0) }
    guard isSection(section), end == name.count || isSubsection(name[(end + 1)...]) else {
      throw .configName(String(decoding: name, as: UTF8.self))
    }
    return section + name[end...]
  }

  /// The header line of a section, `[section "subsection"]`, without a line end.
  static func header(_ section: [UInt8]) -> [UInt8] {
    guard let end = section.firstIndex(of: dot) else {
      return [UInt8(ascii: "[")] + section + [UInt8(ascii: "]")]
    }
    var header = [UInt8(ascii: "[")] + section[..<end] + Array(" \"".utf8)
    for byte in section[(end + 1)...] {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        header.append(UInt8(ascii: "\\"))
      }
      header.append(byte)
    }
    return header + Array("\"]".utf8)
  }

  private static let dot = UInt8(ascii: ".")

  private static func isSection(_ name: [UInt8]) -> Bool {
    !name.isEmpty && name.allSatisfy { ConfigParser.isNameByte($0) }
  }

  private static func isSubsection(_ name: ArraySlice<UInt8>) -> Bool {
    !name.contains(0) && !name.contains(UInt8(ascii: "\n"))
  }
}
