/// The only owner of one libgit2 object.
///
/// It is safe to hold: the pointer is valid until the owner goes, which frees it.
@safe struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let free: @convention(c) (OpaquePointer?) -> Void

  /// Takes over `pointer`, which libgit2 returned through an out-parameter.
  @unsafe init(
    adopting pointer: OpaquePointer?, free: @convention(c) (OpaquePointer?) -> Void
  ) {
    guard let pointer = unsafe pointer else { preconditionFailure("success without an object") }
    unsafe (self.pointer, self.free) = (pointer, free)
  }

  deinit { unsafe free(pointer) }
}
