import CSystem

/// Turns SIGINT, SIGTERM and SIGHUP into a ``Cancellation``: the first signal asks to stop, a
/// second one to kill.
///
/// A process has one set of handlers, so there is one value at a time; handlers stay until it goes.
/// A signal that the process was started to ignore (`nohup`) stays ignored.
package struct InterruptSignal: ~Copyable {
  // Keeps the descriptors open that the handler writes to.
  private let cancellation: Cancellation

  package init(cancelling cancellation: Cancellation) {
    self.cancellation = cancellation
    dver_catch_interrupts(
      cancellation.descriptor(for: .stop), cancellation.descriptor(for: .kill))
  }

  deinit { dver_release_interrupts() }
}
