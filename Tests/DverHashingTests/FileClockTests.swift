import DverFileSystem
import DverHashing
import Testing

@Suite struct FileClockTests {
  private static let now = FileClock(nanoseconds: 1_000 * FileClock.second + 5)

  private func stamp(_ latest: Int64) -> FileStamp {
    FileStamp(device: 1, inode: 1, size: 0, modified: latest - 1, changed: latest)
  }

  @Test func aStampIsVouchedForOnceMoreThanATickHasPassed() {
    let (now, tick) = (Self.now.nanoseconds, FileClock.fineTick)
    let here = FileClock.Place(isNetwork: false)
    for (age, delay) in [(0, tick + 1), (tick, 1), (tick + 1, 0), (-7, tick + 8)] {
      let stamp = stamp(now - age)
      #expect(Self.now.delay(untilVouchedFor: stamp, on: here) == delay)
      #expect(Self.now.vouches(for: stamp, onNetwork: false) == (delay == 0))
      let later = FileClock(nanoseconds: now + delay)
      #expect(later.vouches(for: stamp, onNetwork: false))
    }
  }

  @Test func clocksThatTickSlowlyOrDifferTakeLonger() {
    let (now, tick) = (Self.now.nanoseconds, FileClock.coarseTick)
    let there = FileClock.Place(isNetwork: true, lead: 3)
    #expect(Self.now.delay(untilVouchedFor: stamp(now - tick - 4), on: there) == 0)
    #expect(Self.now.delay(untilVouchedFor: stamp(now - tick - 3), on: there) == 1)
    let seconds = FileStamp(
      device: 1, inode: 1, size: 0, modified: FileClock.second, changed: 999 * FileClock.second)
    let here = FileClock.Place(isNetwork: false)
    #expect(Self.now.delay(untilVouchedFor: seconds, on: here) == tick + 1 - FileClock.second - 5)
  }

  @Test func timesOutOfRangeAreOldOrNeverOldEnough() {
    let here = FileClock.Place(isNetwork: false)
    let clock = FileClock(nanoseconds: -1_000)
    for time in [Int64.max, Int64.max - 1] {
      #expect(clock.delay(untilVouchedFor: stamp(time), on: here) > 1 << 62)
    }
    #expect(Self.now.delay(untilVouchedFor: stamp(Int64.min + 1), on: here) == 0)
  }
}
