import DverFileSystem
import DverParallel
import Synchronization

/// Copies a file inside the kernel, block by block, for a thread that follows and hashes.
final class KernelCopy: Sendable {
  private struct State {
    var copied: Int64
    var isFinished = false
    var isCancelled = false
    var failure: (any Error)?
  }

  private struct Files: ~Copyable {
    let source: OpenFile
    let target: OpenFile
  }

  static let blockByteCount = 8 << 20

  private let files: Mutex<Files>
  private let startsWriteback: Bool
  private let state: Mutex<State>
  private let news = WakeUp()

  init(
    source: consuming sending OpenFile, target: consuming sending OpenFile, copiedByteCount: Int64,
    startsWriteback: Bool
  ) {
    self.startsWriteback = startsWriteback
    files = Mutex(Files(source: source, target: target))
    state = Mutex(State(copied: copiedByteCount))
  }

  /// Copies to the end of the source.
  func run() {
    files.withLock { files in
      do {
        while !state.withLock({ $0.isCancelled }) {
          let offset = state.withLock { $0.copied }
          let count = try files.target.copyRange(
            of: files.source, at: offset, count: Self.blockByteCount)
          guard let count else { throw FileSystemError(.copy, files.source.path) }
          if startsWriteback { files.target.startWriteback(offset: offset, count: Int64(count)) }
          state.withLock { state in
            state.copied += Int64(count)
            state.isFinished = count == 0
          }
          news.signal()
          if count == 0 { return }
        }
      } catch {
        state.withLock { $0.failure = error }
        news.signal()
      }
    }
  }

  /// How much is copied, once it is more than `hashed`; `nil` when all is copied and hashed.
  func wait(beyond hashed: Int64) throws -> Int64? {
    while true {
      let ticket = news.ticket
      let now = state.withLock { ($0.copied, $0.isFinished, $0.failure) }
      if let failure = now.2 { throw failure }
      if now.0 > hashed { return now.0 }
      if now.1 { return nil }
      news.wait(after: ticket)
    }
  }

  func cancel() { state.withLock { $0.isCancelled = true } }
}
