import Glibc

/// Which sanitizers the tests are built with.
package enum Sanitizers {
  /// The thread sanitizer makes `vfork` a `fork`, so that a child cannot tell its parent why a program
  /// did not start.
  package static let watchesThreads = unsafe dlsym(nil, "__tsan_init") != nil
}
