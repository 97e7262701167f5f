import Glibc

/// Whether a process is gone or only waits to be reaped.
func hasEnded(_ process: Int32) -> Bool {
  guard let file = unsafe fopen("/proc/\(process)/stat", "r") else { return true }
  defer { unsafe fclose(file) }
  var line = [CChar](repeating: 0, count: 512)
  let count = unsafe fread(&line, 1, 511, file)
  let text = String(decoding: line[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  guard let end = text.lastIndex(of: ")") else { return true }
  return "ZX".contains(text[end...].dropFirst(2).first ?? "X")
}
