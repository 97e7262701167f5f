import Glibc
import TestSupport
import Testing

@Suite(.enabled(if: FaultShim.hasCompiler, "the fault shim needs a C compiler"))
struct FaultShimTests {
  private let size = 10_000

  private func prepared() throws -> TemporaryRepository {
    let repository = try TemporaryRepository(.emptyDirectory)
    try repository.write([UInt8](repeating: 7, count: size), to: "a")
    return repository
  }

  @Test func countsWhatChangesTheDisk() throws {
    let repository = try prepared()
    let move = Command(
      "mv", ["a", "b"], environment: repository.environment, directory: repository.path)
    let plan = FaultPlan(root: repository.root, program: "mv")
    let (operations, result) = try plan.operations(of: move)
    try result.requireSuccess()
    #expect(operations.map(\.description) == ["1 rename /work/a"])
  }

  @Test func otherProgramsAndOtherDirectoriesDoNotCount() throws {
    let repository = try prepared()
    let shell = Command(
      "sh", ["-c", "mv a b && mv b a"], environment: repository.environment,
      directory: repository.path)
    #expect(try FaultPlan(root: repository.root, program: "sh").run(shell) == 0)
    #expect(try FaultPlan(root: repository.home, program: "mv").run(shell) == 0)
    #expect(try FaultPlan(root: repository.root, program: "mv").run(shell) == 2)
  }

  @Test func anErrorLeavesTheOperationUndone() throws {
    let repository = try prepared()
    let move = Command(
      "mv", ["a", "b"], environment: repository.environment, directory: repository.path)
    let plan = FaultPlan(root: repository.root, program: "mv")
    let result = try plan.run(move, number: 1, action: .inputOutputError)
    try result.requireStatus(1)
    #expect(result.standardError.contains("Input/output error"))
    #expect(try repository.files() == ["a"])
  }

  @Test func killsBeforeOrAfterTheOperation() throws {
    for (action, left) in [(FaultAction.kill, "a"), (.killAfter, "b")] {
      let repository = try prepared()
      let move = Command(
        "mv", ["a", "b"], environment: repository.environment, directory: repository.path)
      let plan = FaultPlan(root: repository.root, program: "mv")
      try plan.run(move, number: 1, action: action).requireKilled()
      #expect(try repository.files() == [left])
    }
  }

  @Test func aShortWriteStoresAPart() throws {
    let repository = try prepared()
    let copy = Command(
      "cp", ["a", "b"], environment: repository.environment, directory: repository.path)
    let plan = FaultPlan(root: repository.root, program: "cp")
    let writes = ["write", "copy_file_range"]
    let operation = try #require(
      try plan.operations(of: copy).operations.first { writes.contains($0.name) })
    try repository.remove("b")
    let result = try plan.run(copy, number: operation.number, action: .shortWrite)
    try result.requireStatus(1)
    #expect(result.standardError.contains("No space left on device"))
    #expect((1..<size).contains(try repository.read("b").count))
  }

  @Test func readsCanFailToo() throws {
    let repository = try prepared()
    let read = Command(
      "cat", ["a"], environment: repository.environment, directory: repository.path)
    let plan = FaultPlan(root: repository.root, program: "cat", mode: .read)
    let (operations, _) = try plan.operations(of: read)
    let number = try #require(operations.first { $0.name == "read" }?.number)
    let result = try plan.run(read, number: number, action: .inputOutputError)
    try result.requireStatus(1)
    #expect(result.standardError.contains("Input/output error"))
  }

  @Test func everyFaultIsTriedOnceForEachAction() throws {
    var seen: [String] = []
    try forEachFault(
      actions: [.kill, .diskFull], program: "mkdir",
      prepare: { try TemporaryRepository(.emptyDirectory) },
      command: { repository in
        Command(
          "mkdir", ["x", "y"], environment: repository.environment, directory: repository.path)
      },
      check: { repository, result, fault in
        seen.append("\(fault) left \(try repository.tree().count)")
        #expect(result.status == (fault.action.kills ? .signalled(SIGKILL) : .exited(1)))
      })
    #expect(
      seen == [
        "KILL at operation 1 mkdir /work/x left 0", "KILL at operation 2 mkdir /work/y left 1",
        "FULL at operation 1 mkdir /work/x left 0", "FULL at operation 2 mkdir /work/y left 1",
      ])
  }
}
