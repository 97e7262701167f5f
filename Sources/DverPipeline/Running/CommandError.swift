import DverCore
package import DverFileSystem
import Glibc

/// Why a command could not be started.
package enum CommandError: DverError {
  case directory(AbsolutePath, code: Int32)
  case shell(String, code: Int32)
  case process(code: Int32)

  package var message: String {
    switch self {
    case .directory(let path, let code):
      FileSystemError(.start, "a command in \(path)", code: code).message
    case .shell(let path, let code): FileSystemError(.start, path, code: code).message
    case .process(let code): FileSystemError(.start, "a process", code: code).message
    }
  }

  package var hint: String? {
    switch self {
    case .directory: "check the wdir of the stage"
    case .shell: "choose another shell with 'dver config core.shell PATH'"
    case .process(let code): code == EAGAIN ? "too many processes; use fewer --jobs" : nil
    }
  }
}
