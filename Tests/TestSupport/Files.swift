import Glibc

/// The whole content of a file.
func readFile(_ path: [UInt8]) throws -> [UInt8] {
  let descriptor = unsafe open(cString(path), O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SupportError.system("read", path) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  while true {
    let part = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    if part.isEmpty { return bytes }
    bytes += part
  }
}

/// Writes a file in place, making the directories above it; `append` keeps what it holds.
func writeFile(_ bytes: [UInt8], to path: [UInt8], append: Bool) throws {
  try makeParents(of: path)
  let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC)
  let descriptor = unsafe open(cString(path), flags, 0o644)
  guard descriptor >= 0 else { throw SupportError.system("write", path) }
  defer { close(descriptor) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes { bytes in
      unsafe write(descriptor, bytes.baseAddress, bytes.count)
    }
    guard written > 0 else { throw SupportError.system("write", path) }
    rest = rest.dropFirst(written)
  }
}

/// Makes a directory and those above it, where they are missing.
func makeDirectories(_ path: [UInt8]) throws {
  if unsafe mkdir(cString(path), 0o755) == 0 || errno == EEXIST { return }
  guard errno == ENOENT else { throw SupportError.system("make", path) }
  try makeParents(of: path)
  guard unsafe mkdir(cString(path), 0o755) == 0 else { throw SupportError.system("make", path) }
}

func makeParents(of path: [UInt8]) throws {
  guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash > 0 else { return }
  try makeDirectories(Array(path[..<slash]))
}

func readLink(_ path: [UInt8]) throws -> [UInt8] {
  var target = [CChar](repeating: 0, count: Int(PATH_MAX))
  let length = unsafe readlink(cString(path), &target, target.count)
  guard length >= 0 else { throw SupportError.system("read the link", path) }
  return target[..<length].map { UInt8(bitPattern: $0) }
}
