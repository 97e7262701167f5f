package import DverCore
package import DverFileSystem
import DverParallel
import Glibc
import Synchronization

extension FileHasher {
  /// Copies `source` to `target` and hashes what it copies.
  ///
  /// A large file is copied by a second thread while this one hashes, so that the copy takes about
  /// as long as the slower of both. Where the kernel copies, what is hashed is the copy.
  ///
  /// - Parameters:
  ///   - expectedByteCount: How much is likely to come.
  ///   - startsWriteback: Whether the disk is to begin with a large file at once, since somebody will
  ///     wait for it.
  package mutating func copy(
    _ source: borrowing OpenFile, to target: borrowing OpenFile, expectedByteCount: Int64,
    startsWriteback: Bool = false, progress: ((Int) throws -> Void)? = nil
  ) throws -> (digest: Digest, byteCount: Int64) {
    guard expectedByteCount >= Self.pipedByteCount else {
      return try copyBlockByBlock(source, to: target, progress: progress)
    }
    if let copied = try copyInKernel(
      source, to: target, startsWriteback: startsWriteback, progress: progress)
    {
      return copied
    }
    let pipe = CopyPipe(descriptor: target.descriptor, path: target.path)
    guard let writer = WorkerThread(ifPossible: { pipe.write() }) else {
      return try copyBlockByBlock(source, to: target, progress: progress)
    }
    defer { writer.join() }
    do {
      restart()
      var byteCount: Int64 = 0
      while true {
        let slot = try pipe.emptySlot()
        let buffer = unsafe pipe.buffer(slot)
        let count = try unsafe source.read(into: buffer)
        unsafe update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        pipe.fill(slot, count)
        byteCount += Int64(count)
        try progress?(count)
        if count < buffer.count { break }
      }
      try pipe.finish()
      return (read(), byteCount)
    } catch {
      pipe.cancel()
      throw error
    }
  }

  /// Without a second thread.
  private mutating func copyBlockByBlock(
    _ source: borrowing OpenFile, to target: borrowing OpenFile, progress: ((Int) throws -> Void)?
  ) throws -> (digest: Digest, byteCount: Int64) {
    let (descriptor, path) = (target.descriptor, target.path)
    return unsafe try digest(of: source, progress: progress) { block in
      try unsafe Self.write(block, to: descriptor, path: path)
    }
  }

  /// - Returns: `nil`, with nothing copied, where the file systems do not offer it or the system
  ///   refuses another thread.
  private mutating func copyInKernel(
    _ source: borrowing OpenFile, to target: borrowing OpenFile, startsWriteback: Bool,
    progress: ((Int) throws -> Void)?
  ) throws -> (digest: Digest, byteCount: Int64)? {
    guard let first = try target.copyRange(of: source, at: 0, count: KernelCopy.blockByteCount)
    else { return nil }
    let copy = try KernelCopy(
      source: source.duplicate(), target: target.duplicate(), copiedByteCount: Int64(first),
      startsWriteback: startsWriteback)
    guard let worker = WorkerThread(ifPossible: { copy.run() }) else {
      try target.truncate()
      return nil
    }
    defer {
      copy.cancel()
      worker.join()
    }
    restart()
    var hashed: Int64 = 0
    while let end = try copy.wait(beyond: hashed) {
      while hashed < end {
        let count = try unsafe target.read(
          at: hashed, into: buffer, atMost: Int(min(end - hashed, Int64(readLimit))))
        guard count > 0 else { throw ChangedFileError(path: target.path) }
        unsafe update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        hashed += Int64(count)
        try progress?(count)
      }
    }
    return (read(), hashed)
  }

  fileprivate static func write(
    _ block: UnsafeRawBufferPointer, to descriptor: Int32, path: AbsolutePath
  ) throws {
    var written = 0
    while written < block.count {
      let start = unsafe block.baseAddress.map { unsafe $0 + written }
      let count = unsafe Glibc.write(descriptor, start, block.count - written)
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw FileSystemError(.write, path)
      }
      written += count
    }
  }

  /// From here on a second thread pays.
  private static let pipedByteCount: Int64 = 4 << 20
}

/// A ring of blocks between the thread that reads and hashes and the one that writes.
@safe private final class CopyPipe: @unchecked Sendable {
  // Sendable because a block belongs to the reader until `filled` counts it, then to the writer
  // until `written` does.
  private let blocks: UnsafeMutableRawBufferPointer
  private let counts: Mutex<[Int]>
  private let state = Mutex(State())
  private let news = WakeUp()
  private let descriptor: Int32
  private let path: AbsolutePath

  private struct State {
    var filled = 0
    var written = 0
    var isFinished = false
    var isCancelled = false
    var failure: FileSystemError?
  }

  private static let blockByteCount = 128 << 10
  private static let blockCount = 16

  init(descriptor: Int32, path: AbsolutePath) {
    unsafe blocks = .allocate(
      byteCount: Self.blockByteCount * Self.blockCount, alignment: 4096)
    counts = Mutex(Array(repeating: 0, count: Self.blockCount))
    self.descriptor = descriptor
    self.path = path
  }

  deinit { unsafe blocks.deallocate() }

  func buffer(_ slot: Int) -> UnsafeMutableRawBufferPointer {
    let start = slot % Self.blockCount * Self.blockByteCount
    return unsafe UnsafeMutableRawBufferPointer(
      rebasing: blocks[start..<start + Self.blockByteCount])
  }

  /// Waits for a block that the writer is done with.
  func emptySlot() throws -> Int {
    while true {
      let ticket = news.ticket
      let now = state.withLock { $0 }
      if let failure = now.failure { throw failure }
      if now.filled - now.written < Self.blockCount { return now.filled }
      news.wait(after: ticket)
    }
  }

  func fill(_ slot: Int, _ count: Int) {
    counts.withLock { $0[slot % Self.blockCount] = count }
    state.withLock { $0.filled += 1 }
    news.signal()
  }

  /// Waits until everything is written.
  func finish() throws {
    state.withLock { $0.isFinished = true }
    news.signal()
    while true {
      let ticket = news.ticket
      let now = state.withLock { $0 }
      if let failure = now.failure { throw failure }
      if now.written == now.filled { return }
      news.wait(after: ticket)
    }
  }

  func cancel() {
    state.withLock { $0.isCancelled = true }
    news.signal()
  }

  /// The writer's loop.
  func write() {
    while true {
      let ticket = news.ticket
      let now = state.withLock { $0 }
      if now.isCancelled { return }
      guard now.written < now.filled else {
        if now.isFinished { return }
        news.wait(after: ticket)
        continue
      }
      let count = counts.withLock { $0[now.written % Self.blockCount] }
      do {
        let block = unsafe UnsafeRawBufferPointer(rebasing: buffer(now.written)[..<count])
        try unsafe FileHasher.write(block, to: descriptor, path: path)
        state.withLock { $0.written += 1 }
      } catch {
        let failure = error as? FileSystemError ?? FileSystemError(.write, path)
        state.withLock { $0.failure = failure }
      }
      news.signal()
      if state.withLock({ $0.failure != nil }) { return }
    }
  }
}
