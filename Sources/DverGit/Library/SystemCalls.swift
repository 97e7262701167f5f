import Glibc

/// What the system says about an error number.
func systemMessage(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}

/// Calls `body` with `bytes` as a C string; the caller vouches that they hold no NUL.
func withCString<Result, Failure: Error>(
  _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
  let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
  return try unsafe terminated.withUnsafeBufferPointer { buffer throws(Failure) in
    guard let base = buffer.baseAddress else { preconditionFailure("a terminator is there") }
    return try unsafe body(base)
  }
}

/// The bytes of a C string, `nil` for a null pointer.
@unsafe func bytes(of text: UnsafePointer<CChar>?) -> [UInt8]? {
  guard let text = unsafe text else { return nil }
  return unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
}

/// `path` with one `/` between it and `name`.
func joined(_ path: [UInt8], _ name: some Collection<UInt8>) -> [UInt8] {
  var result = path
  if let last = result.last, last != slash { result.append(slash) }
  result.append(contentsOf: name)
  return result
}

/// `path` with a `/` at its end.
func withTrailingSlash(_ path: [UInt8]) -> [UInt8] { path.last == slash ? path : path + [slash] }

/// `path` without a `/` at its end; the root stays as it is.
func withoutTrailingSlash(_ path: [UInt8]) -> [UInt8] {
  path.count > 1 && path.last == slash ? Array(path.dropLast()) : path
}

/// `path` without symbolic links; `nil` where it does not exist.
func realPath(_ path: [UInt8]) -> [UInt8]? {
  unsafe withCString(path) { path in
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe bytes(of: resolved)
  }
}

let slash = UInt8(ascii: "/")
