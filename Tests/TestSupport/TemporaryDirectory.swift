import CSystem
import Glibc

/// An empty directory that goes, with all that is in it, when its last user does.
package final class TemporaryDirectory: Sendable {
  /// Absolute, without symbolic links.
  package let path: String

  package init() throws {
    let base = Command.variable("TMPDIR") ?? "/tmp"
    var template = cString(Array("\(base)/dver-test-XXXXXX".utf8))
    guard unsafe mkdtemp(&template) != nil else {
      throw SupportError.system("make a directory in", base.utf8)
    }
    guard let real = unsafe realpath(template, nil) else {
      throw SupportError.system("resolve", base.utf8)
    }
    path = unsafe String(cString: real)
    unsafe free(real)
  }

  deinit {
    removeTree(Array(path.utf8))
  }
}

/// Removes what `path` names and all below it, also read-only directories; never follows links.
func removeTree(_ path: [UInt8]) {
  if unsafe unlink(cString(path)) == 0 || errno == ENOENT { return }
  unsafe _ = chmod(cString(path), 0o700)
  for name in (try? listDirectory(path)) ?? [] {
    removeTree(path + [UInt8(ascii: "/")] + name)
  }
  unsafe _ = rmdir(cString(path))
}

/// The names in a directory, sorted by their bytes, without `.` and `..`.
func listDirectory(_ path: [UInt8]) throws -> [[UInt8]] {
  guard let stream = unsafe opendir(cString(path)) else {
    throw SupportError.system("list", path)
  }
  defer { unsafe _ = closedir(stream) }
  var names: [[UInt8]] = []
  while let record = unsafe readdir(stream) {
    guard let name = unsafe dver_dirent_name(record) else { continue }
    let bytes = unsafe UnsafeRawBufferPointer(start: name, count: strlen(name))
    if unsafe !bytes.elementsEqual(".".utf8), unsafe !bytes.elementsEqual("..".utf8) {
      names.append(unsafe Array(bytes))
    }
  }
  return names.sorted { $0.lexicographicallyPrecedes($1) }
}
