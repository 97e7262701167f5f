import Glibc

/// A thread of its own, for work that waits: a child process, or a share of a parallel loop.
///
/// `join` must be called exactly once.
@safe package final class WorkerThread: Sendable {
  private let handle: pthread_t

  /// Starts `body` on a new thread with every signal blocked, so that handlers run on the main one.
  package init(_ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Body(body))
    var all = sigset_t()
    var previous = sigset_t()
    var handle = pthread_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
    let status = unsafe pthread_create(
      &handle, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, box.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
    precondition(status == 0, "the system refuses another thread (\(status))")
    self.handle = handle
  }

  package func join() {
    pthread_join(handle, nil)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
