import CSystem
import Synchronization

/// How many threads this process may keep busy: the CPUs it is allowed to run on.
package let processorCount = max(1, Int(dver_processor_count()))

/// Runs `body` once for each of `0..<chunks`, on at most `threads` threads, fewer where the system
/// refuses so many, and waits for all.
///
/// Chunks are handed out in ascending order. Each chunk should write its own slot of a result, and
/// slots be combined in chunk order, so that any thread count gives the same bits. The first error
/// in chunk order among those met is thrown; chunks not begun by then are skipped.
package func parallelFor(
  chunks: Int, threads: Int = processorCount, _ body: @Sendable (Int) throws -> Void
) throws {
  let workers = min(threads, chunks)
  guard workers > 1 else {
    for chunk in 0..<max(chunks, 0) { try body(chunk) }
    return
  }
  let loop = SharedLoop(count: chunks)
  try withoutActuallyEscaping(body) { body in
    // Where the system allows no more threads, those that there are do the work.
    var crew: [WorkerThread] = []
    while crew.count < workers - 1, let worker = WorkerThread(ifPossible: { loop.run(body) }) {
      crew.append(worker)
    }
    loop.run(body)
    for worker in crew { worker.join() }
    try loop.rethrow()
  }
}

/// As ``parallelFor(chunks:threads:_:)``, with a state that each thread makes for itself once, such
/// as a buffer.
package func parallelFor<State: ~Copyable>(
  chunks: Int, threads: Int = processorCount, state: @Sendable () throws -> State,
  _ body: @Sendable (inout State, Int) throws -> Void
) throws {
  let next = SharedIndex(count: chunks)
  try parallelFor(chunks: min(threads, chunks), threads: threads) { _ in
    var own = try state()
    do {
      while let chunk = next.take() { try body(&own, chunk) }
    } catch {
      next.stop()
      throw error
    }
  }
}

/// Maps `0..<count` with a state that each thread makes for itself once; results stand in order.
///
/// Of many inputs a thread takes some neighbours at once, so that handing them out costs little.
package func parallelMap<State: ~Copyable, Output: Sendable>(
  count: Int, threads: Int = processorCount, state: @Sendable () throws -> State,
  _ body: @Sendable (inout State, Int) throws -> Output
) throws -> [Output] {
  let width = max(1, min(16, count / (threads * 64)))
  let chunks = (count + width - 1) / width
  let slots = ResultSlots<[Output]>(count: chunks)
  try parallelFor(chunks: chunks, threads: threads, state: state) { own, chunk in
    var outputs: [Output] = []
    outputs.reserveCapacity(width)
    for index in chunk * width..<min(count, (chunk + 1) * width) {
      outputs.append(try body(&own, index))
    }
    slots.set(chunk, outputs)
  }
  var outputs: [Output] = []
  outputs.reserveCapacity(count)
  for part in slots.take() { outputs.append(contentsOf: part) }
  return outputs
}

/// Maps `inputs` on at most `threads` threads; results stand in input order.
package func parallelMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], threads: Int = processorCount,
  _ body: @Sendable (Input) throws -> Output
) throws -> [Output] {
  let slots = ResultSlots<Output>(count: inputs.count)
  try parallelFor(chunks: inputs.count, threads: threads) { index in
    slots.set(index, try body(inputs[index]))
  }
  return slots.take()
}

/// The counter that the threads of one loop share, and its first error.
private final class SharedLoop: Sendable {
  private let next = Atomic(0)
  private let count: Int
  private let failure = Mutex<(chunk: Int, error: any Error)?>(nil)
  private let hasFailed = Atomic(false)

  init(count: Int) { self.count = count }

  func run(_ body: (Int) throws -> Void) {
    while !hasFailed.load(ordering: .relaxed) {
      let chunk = next.add(1, ordering: .relaxed).oldValue
      guard chunk < count else { return }
      do {
        try body(chunk)
      } catch {
        failure.withLock { first in
          if first.map({ chunk < $0.chunk }) ?? true { first = (chunk, error) }
        }
        hasFailed.store(true, ordering: .relaxed)
      }
    }
  }

  func rethrow() throws {
    if let error = failure.withLock({ $0?.error }) { throw error }
  }
}

/// Hands out `0..<count`, each once.
private final class SharedIndex: Sendable {
  private let next = Atomic(0)
  private let count: Int

  init(count: Int) { self.count = count }

  func take() -> Int? {
    let index = next.add(1, ordering: .relaxed).oldValue
    return index < count ? index : nil
  }

  func stop() { next.store(count, ordering: .relaxed) }
}

/// Results that arrive in any order.
private final class ResultSlots<Output: Sendable>: Sendable {
  private let values: Mutex<[Output?]>

  init(count: Int) { values = Mutex(Array(repeating: nil, count: count)) }

  func set(_ index: Int, _ value: Output) { values.withLock { $0[index] = value } }
  func take() -> [Output] {
    values.withLock { values in
      var results: [Output] = []
      results.reserveCapacity(values.count)
      for case let value? in values { results.append(value) }
      return results
    }
  }
}
