package import DverFileSystem
import Glibc

/// A moment, by the clock that a local file system stamps its files with.
package struct FileClock: Hashable, Sendable {
  /// Nanoseconds since 1970.
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The kernel's coarse clock, which lags behind the time by less than a tick.
  package static func now() -> FileClock {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return FileClock(nanoseconds: Int64(time.tv_sec) * second + Int64(time.tv_nsec))
  }

  /// Whether a file with this stamp, read at this moment, cannot change later without its stamp
  /// changing too.
  ///
  /// A change within one tick of the file system's clock leaves the times as they are, so both must
  /// be older than the moment by more than a tick ("racy git" has the argument).
  package func vouches(for stamp: FileStamp, onNetwork: Bool) -> Bool {
    delay(untilVouchedFor: stamp, on: Place(isNetwork: onNetwork)) == 0
  }

  /// How many nanoseconds after this moment by this machine's clock a file with this stamp, read then,
  /// cannot change later without its stamp changing too.
  package func delay(untilVouchedFor stamp: FileStamp, on place: Place) -> Int64 {
    let tick = Self.hasFineTimes(stamp) && !place.isNetwork ? Self.fineTick : Self.coarseTick
    let (delay, overflow) = stamp.latest.subtractingReportingOverflow(
      nanoseconds - place.lead - tick - 1)
    return overflow ? (stamp.latest > 0 ? .max : 0) : max(0, delay)
  }

  /// Whether the file system that made a stamp counts less than seconds.
  package static func hasFineTimes(_ stamp: FileStamp) -> Bool {
    stamp.modified % second != 0 || stamp.changed % second != 0
  }

  /// A file system, by what stamps its files.
  package struct Place: Hashable, Sendable {
    package let isNetwork: Bool
    /// By how many nanoseconds this machine's clock is ahead.
    package let lead: Int64

    package init(isNetwork: Bool, lead: Int64 = 0) {
      self.isNetwork = isNetwork
      self.lead = lead
    }
  }

  /// This moment by the clock of the file system around `folder`, where files may be made; so long
  /// ago that it vouches for nothing where that cannot be told.
  package static func now(in folder: AbsolutePath, isNetwork: Bool) -> FileClock {
    guard isNetwork else { return now() }
    return FileClock(nanoseconds: (try? FileSystem.clock(in: folder)) ?? 0)
  }

  package static let second: Int64 = 1_000_000_000
  /// Kernels tick at 100 Hz or faster.
  package static let fineTick: Int64 = 10_000_000
  /// FAT and network file systems, whose clocks are not ours.
  package static let coarseTick: Int64 = 2_000_000_000
}
