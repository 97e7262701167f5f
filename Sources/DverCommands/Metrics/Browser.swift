import Glibc

/// The user's browser.
enum Browser {
  /// Shows an address, in `$BROWSER` or what the desktop has; a warning where there is neither.
  static func open(_ address: String, on console: Console) {
    var programs = ["xdg-open", "sensible-browser"]
    if let chosen = unsafe getenv("BROWSER") {
      let name = unsafe String(cString: chosen)
      if !name.isEmpty { programs.insert(name, at: 0) }
    }
    for program in programs where start(program, address) { return }
    console.warning("no browser was found; open \(address)")
  }

  /// - Returns: Whether the program could be started.
  private static func start(_ program: String, _ address: String) -> Bool {
    let (name, argument) = unsafe (strdup(program), strdup(address))
    defer {
      unsafe free(name)
      unsafe free(argument)
    }
    var arguments = unsafe [name, argument, nil]
    var process: pid_t = 0
    return unsafe posix_spawnp(&process, program, nil, nil, &arguments, environ) == 0
  }
}
