import CSystem
import Glibc

/// The environment that dver was started with.
enum ProcessEnvironment {
  /// `NAME=value` each.
  static var current: [[UInt8]] {
    var variables: [[UInt8]] = []
    guard var place = unsafe dver_environment() else { return [] }
    while let variable = unsafe place.pointee {
      let count = unsafe strlen(variable)
      unsafe variables.append(
        UnsafeBufferPointer(start: variable, count: count).map { UInt8(bitPattern: $0) })
      unsafe place += 1
    }
    return variables
  }
}
