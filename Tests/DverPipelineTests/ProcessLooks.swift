import CSystem
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

/// Waits until a process that was killed has ended, which is soon but not at once; `false` if it
/// does not.
func waitForEnd(of process: Int32) -> Bool {
  let descriptor = dver_process_descriptor(process)
  guard descriptor >= 0 else { return hasEnded(process) }
  defer { close(descriptor) }
  var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return unsafe poll(&entry, 1, 10_000) == 1
}
