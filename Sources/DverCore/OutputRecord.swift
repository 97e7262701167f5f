/// What a pointer or a stage lock records of one path: an item of `outs` or `deps`.
package struct OutputRecord: Hashable, Sendable {
  /// As written in the file, relative to the file's folder or to the stage's `wdir`.
  package var path: [UInt8]
  /// `nil` where nothing has been recorded yet.
  package var name: ContentName?
  /// Bytes of content.
  package var size: Int64?
  /// The count of files; directories only.
  package var fileCount: Int64?
  package var isExecutable: Bool

  package init(
    path: [UInt8], name: ContentName? = nil, size: Int64? = nil, fileCount: Int64? = nil,
    isExecutable: Bool = false
  ) {
    self.path = path
    self.name = name
    self.size = size
    self.fileCount = fileCount
    self.isExecutable = isExecutable
  }
}
