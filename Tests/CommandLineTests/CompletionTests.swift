import TestSupport
import Testing

/// What bash offers where the user asks it to complete a word.
@Suite struct CompletionTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write("1\n", to: "data/images/x")
    try repository.dver("add", "data/images").requireSuccess()
    try repository.write(
      "stages:\n  train:\n    foreach: [a, b]\n    do:\n      cmd: 'true ${item}'\n"
        + "  test: {cmd: 'true'}\n", to: "dver.yaml")
    for name in ["near", "far"] {
      try repository.dver("remote", "add", name, repository.outside(name)).requireSuccess()
    }
    try repository.commitAll()
    try repository.git("tag", "v1.0").requireSuccess()
    try repository.remove("data/images")
    return repository
  }

  /// Completes the last word as bash would, with the words that its line editor makes of the line.
  private func completions(
    _ words: String..., in repository: TemporaryRepository, folder: String = "."
  ) throws -> [String] {
    try repository.write(
      #"""
      mkdir -p "$HOME/bin" && ln -sf "$1" "$HOME/bin/dver" && PATH=$HOME/bin:$PATH
      source /dev/stdin <<<"$(dver completion bash)"
      cd "$2" && shift 2
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      [[ $COMP_WORDBREAKS == *@* ]] && echo "@ breaks words"
      function=$(complete -p dver | sed 's/.*-F \([^ ]*\) .*/\1/')
      $function dver "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
      ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
      """#, to: "../tmp/complete.bash")
    let dver = try repository.dverCommand([]).executable
    return try Command(
      "bash", ["../tmp/complete.bash", dver, folder, "dver"] + words,
      environment: repository.environment, directory: repository.path
    ).run().requireSuccess().lines
  }

  @Test func commandsAndOptions() throws {
    let repository = try repository()
    #expect(try completions("rep", in: repository) == ["repair", "repro", "report"])
    #expect(try completions("metrics", "", in: repository).contains("show"))
    #expect(try completions("checkout", "--rel", in: repository) == ["--relink"])
  }

  @Test(arguments: ["repro", "status", "checkout", "push", "freeze", "verify", "dag"])
  func stagesAndDataThatIsNotInPlace(_ command: String) throws {
    let repository = try repository()
    #expect(
      try completions(command, "t", in: repository) == ["test", "train", "train@a", "train@b"])
    #expect(try completions(command, "train@", in: repository) == ["train@a", "train@b"])
    #expect(
      try completions(command, "data/i", in: repository) == ["data/images.dver", "data/images/"])
    #expect(
      try completions(command, "i", in: repository, folder: "data") == ["images.dver", "images/"])
  }

  @Test func remotes() throws {
    let repository = try repository()
    for words in [["push", "-r"], ["status", "--remote"], ["verify", "-r"], ["gc", "-r"]] {
      #expect(
        try completions(words[0], words[1], "", in: repository).sorted() == ["far", "near"])
    }
    #expect(try completions("remote", "modify", "n", in: repository) == ["near"])
    #expect(try completions("remote", "modify", "near", "u", in: repository) == ["url"])
    #expect(try completions("remote", "default", "f", in: repository) == ["far"])
  }

  @Test func revisions() throws {
    let repository = try repository()
    #expect(try completions("diff", "", in: repository) == ["main", "v1.0"])
    #expect(try completions("diff", "main", "v", in: repository) == ["v1.0"])
    #expect(try completions("ls", "--rev", "v", in: repository) == ["v1.0"])
    #expect(try completions("metrics", "diff", "m", in: repository) == ["main"])
    #expect(
      try completions("cat", "data/images@v", in: repository) == ["data/images@v1.0"])
  }

  @Test func anotherFolderIsLookedInto() throws {
    let repository = try repository()
    #expect(
      try completions("checkout", "--cd", repository.path, "data/i", in: repository, folder: "/")
        == ["data/images.dver", "data/images/"])
    #expect(try completions("checkout", "i", in: repository, folder: "/").isEmpty)
  }

  @Test func namesAreNotCarriedOut() throws {
    let repository = try TemporaryRepository()
    let names = ["$(touch pwned)", "a b", "it's", "`touch pwned`", "x:y", "~", "{1,2}"]
    for name in names {
      try repository.write("1\n", to: "d/\(name)")
      try repository.dver("add", "d/\(name)").requireSuccess()
      try repository.remove("d/\(name)")
    }
    let found = try completions("checkout", "d/", in: repository)
    #expect(!repository.exists("pwned"))
    #expect(found.filter { !$0.hasSuffix(".dver") } == names.sorted().map { "d/\($0)" })
  }
}
