/// A file, directory or symbolic link of a model file system, in one state.
struct ModelFile: Sendable {
  /// Of a file; the target of a symbolic link.
  var content: [UInt8] = []
  /// Of a directory: which file each name means.
  var names: [[UInt8]: Int] = [:]
  /// The type and the permission bits.
  var mode: UInt32
  var stamp: RecordedOperation.Stamp

  var kind: UInt32 { mode & 0o170000 }
  var isDirectory: Bool { kind == 0o040000 }
  var isFile: Bool { kind == 0o100000 }
}

/// One change of a model file system that a power cut keeps or drops as a whole, save that the data
/// of a write may come in part.
struct ModelEffect: Sendable {
  enum Change: Sendable {
    case write(offset: Int, [UInt8])
    case truncate(size: Int)
    /// Everything that the file holds.
    case content([UInt8])
    case attributes(mode: UInt32)
    /// Names that begin to mean a file, or nothing.
    case names([Assignment])
  }

  struct Assignment: Sendable {
    let directory: Int
    /// The directory's times after it.
    let stamp: RecordedOperation.Stamp
    let name: [UInt8]
    let file: Int?
  }

  /// The file that is written, or that gets or loses a name.
  let file: Int
  let change: Change
  let stamp: RecordedOperation.Stamp
  /// The number of the operation that it belongs to, from 0.
  let operation: Int
  /// The number of the operation since which it is on stable storage.
  var durableFrom: Int = .max

  var isData: Bool {
    switch change {
    case .write, .truncate, .content: true
    case .attributes, .names: false
    }
  }
}
