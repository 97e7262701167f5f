import DverCore
import DverFileSystem
import DverHashing
import DverManifest

/// A run that has made its outputs, which are stored and in the lock log. What is left helps later runs
/// and readers, and nobody waits for it: the entry of the run cache, the record of the run, the right to run
/// the stage.
final class FinishedRun {
  private let course: StageCourse
  private let run: RunRecord
  private let lock: StageLock
  private let key: Digest?
  private var claim: RunClaim

  /// - Parameter key: What the run cache may know the run by.
  init(
    _ run: RunRecord, of course: StageCourse, lock: StageLock, key: Digest?,
    claim: consuming RunClaim
  ) {
    self.course = course
    self.run = run
    self.lock = lock
    self.key = key
    self.claim = claim
  }

  /// Does what is left; to be called once.
  func settle() {
    remember()
    course.writeRecord(run, &claim)
    do {
      try claim.check()
      try course.runner.aside.layout.quarantine(of: course.address).clear()
    } catch {
      course.warn(error)
    }
  }

  /// Without it the stage would run again some day; no reason to fail now.
  private func remember() {
    guard let key else { return }
    do {
      try course.storage.rememberRun(of: course.stage, key: key, lock: lock)
    } catch {
      course.warn(error)
    }
  }
}
