import Glibc

/// A thread of its own, for work that waits: a child process, or a share of a parallel loop.
///
/// `join` must be called exactly once.
@safe package final class WorkerThread: Sendable {
  private let handle: pthread_t

  /// Starts `body` on a new thread with every signal blocked, so that handlers run on the main one.
  ///
  /// `nil` where the system refuses another thread, as a limit of the user's may: who wants one
  /// has to be able to do without.
  package init?(ifPossible body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Body(body))
    var all = sigset_t()
    var previous = sigset_t()
    var thread = pthread_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, box.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
    guard status == 0 else {
      // No thread has it.
      unsafe box.release()
      return nil
    }
    handle = thread
  }

  package func join() {
    pthread_join(handle, nil)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
