/// Why a template cannot be filled in, or values for templates cannot be had.
enum TemplateProblem: Error, Equatable {
  case syntax(String)
  case undefined(String, suggestion: String?)
  /// A list or a map stands where only a single value may.
  case composite(String, kind: String)
  case nestedList(key: String)
  case duplicateFlag(String)
  case redefined(String, by: String, from: String)
  case reserved([String], by: String?)
  case missingFile(String)
  case directory(String)
  case missingKey(String, file: String)
  case loadedWhole(String)
  case loadedInPart(String)
  case unreadable(String, hint: String?)
  case badKey
  case unnamedMember
  case memberWithNUL
  case memberWithAt(String)
  case notIterable(found: String)
  case tooLarge

  /// One line, for behind the path of a key.
  var text: String {
    switch self {
    case .syntax(let expression): "'${\(expression)}' is no template"
    case .undefined(let expression, let suggestion):
      "'\(expression)' is not defined" + (suggestion.map { ", did you mean '\($0)'?" } ?? "")
    case .composite(let expression, let kind):
      "'\(expression)' is \(kind), which cannot be filled in here"
    case .nestedList(let key): "the list '\(key)' holds lists or maps, which are no arguments"
    case .duplicateFlag(let key): "the flag '\(key)' occurs twice"
    case .redefined(let path, let new, let old):
      "\(new) defines '\(path)', which \(old) defines already"
    case .reserved(let keys, let file):
      (file.map { "\($0) defines " } ?? "vars define ")
        + keys.map { "'\($0)'" }.joined(separator: " and ") + ", which the group sets"
    case .missingFile(let path): "\(path) does not exist"
    case .directory(let path): "\(path) is a directory"
    case .missingKey(let key, let file): "\(file) has no key '\(key)'"
    case .loadedWhole(let item): "part of '\(item)' is asked for, and all of it is loaded already"
    case .loadedInPart(let item): "'\(item)' is loaded in part already"
    case .unreadable(let text, _): text
    case .badKey: "a list or a map cannot be a key"
    case .unnamedMember: "a stage of the group would have nothing behind its '@'"
    case .memberWithNUL: "a stage of the group would have NUL in its name"
    case .memberWithAt(let key):
      "a stage of the group would have '\(key)' behind its '@', which must not hold another '@'"
    case .notIterable(let found): "expected a list or a map, not \(found)"
    case .tooLarge: "templates make the definition too large"
    }
  }

  var hint: String? {
    switch self {
    case .syntax: "write names with '.' and '[…]' between '${' and '}', or '\\${' for plain text"
    case .undefined: "values come from params.yaml and 'vars'"
    case .redefined, .reserved: "give one of them another name"
    case .unreadable(_, let hint): hint
    default: nil
    }
  }
}
