/// Makes the file operations of one program fail, one after the other.
package struct FaultPlan: Sendable {
  /// Only files below this directory count.
  package var root: String
  /// Only a program of this name counts, the tested `dver` if `nil`; the programs that it starts run
  /// untouched.
  package var program: String?
  package var mode: FaultMode

  package init(root: String, program: String? = nil, mode: FaultMode = .write) {
    self.root = root
    self.program = program
    self.mode = mode
  }

  /// Runs the command to its end, and says which operations it made, in their order.
  package func operations(
    of command: Command
  ) throws -> (operations: [FileOperation], result: CommandResult) {
    let log = try TemporaryDirectory()
    let path = "\(log.path)/log"
    let prepared = try prepare(command).with(environment: ["DVER_FAULT_LOG": path])
    let result = try prepared.run()
    let text = (try? readFile(Array(path.utf8))).map(readable) ?? ""
    return (text.split(separator: "\n").compactMap { FileOperation(line: $0) }, result)
  }

  /// How many operations the command makes, which must succeed.
  package func run(_ command: Command) throws -> Int {
    let (operations, result) = try operations(of: command)
    try result.requireSuccess()
    return operations.count
  }

  /// Runs the command with this fault.
  package func run(_ command: Command, number: Int, action: FaultAction) throws -> CommandResult {
    try prepare(command).with(environment: [
      "DVER_FAULT_AT": "\(number)", "DVER_FAULT_ACTION": action.rawValue,
    ]).run()
  }

  private func prepare(_ command: Command) throws -> Command {
    let tested = try BuiltProducts.dver().split(separator: "/").last.map { String($0) }
    return command.with(environment: [
      "LD_PRELOAD": try FaultShim.build().path, "DVER_FAULT_ROOT": root,
      "DVER_FAULT_ONLY": program ?? tested, "DVER_FAULT_MODE": mode.rawValue,
    ])
  }
}

/// Runs a command in a fresh repository once for each operation that it makes and each action.
///
/// - Parameters:
///   - stride: Only every n-th operation fails, for commands with very many.
///   - start: The first one that fails.
///   - prepare: Makes the repository; must do the same each time.
///   - command: The command whose operations fail; without a fault it must succeed.
///   - check: Looks at what is left after the fault, and may run the command again.
/// - Throws: What `check` throws, with the fault in its text.
package func forEachFault(
  actions: [FaultAction], mode: FaultMode = .write, program: String? = nil, stride: Int = 1,
  start: Int = 0,
  prepare: () throws -> TemporaryRepository,
  command: (TemporaryRepository) throws -> Command,
  check: (TemporaryRepository, CommandResult, Fault) throws -> Void
) throws {
  let model = try prepare()
  let modelPlan = FaultPlan(root: model.root, program: program, mode: mode)
  let (operations, result) = try modelPlan.operations(of: command(model))
  try result.requireSuccess()
  guard !operations.isEmpty else {
    throw SupportError("'\(result.command)' made no operation that could fail")
  }
  for action in actions {
    let chosen = Array(Swift.stride(from: start, to: operations.count, by: stride))
    for index in chosen {
      let fault = Fault(action: action, operation: operations[index])
      let repository = try prepare()
      let plan = FaultPlan(root: repository.root, program: program, mode: mode)
      let result = try plan.run(
        command(repository), number: fault.operation.number, action: action)
      do {
        try check(repository, result, fault)
      } catch {
        throw SupportError("\(fault): \(error)\n\(result.status)\n\(result.transcript)")
      }
    }
    let trial = mode == .read ? "read: \(action.rawValue)" : action.rawValue
    Torture.note(
      try command(model).arguments.map { readable($0) }.joined(separator: " "), trial, chosen.count)
  }
}
