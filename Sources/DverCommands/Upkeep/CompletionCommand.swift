import ArgumentParser
import DverCore

/// `dver completion`: a script for the shell.
struct CompletionCommand: DverCommand {
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print a script with which the shell completes dver's commands",
    discussion: """
      Examples:
        dver completion bash >~/.local/share/bash-completion/completions/dver
        dver completion zsh >~/.zfunc/_dver
        dver completion fish >~/.config/fish/completions/dver.fish
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The shell: bash, zsh or fish")
  var shell: Shell

  /// `stage@key` and `path@revision` are one word each, which bash would take apart.
  private static let wordBreaks = "\nCOMP_WORDBREAKS=${COMP_WORDBREAKS//@/}\n"

  func run(console: Console) throws {
    let script: String =
      switch shell {
      case .bash: DverRoot.completionScript(for: .bash) + Self.wordBreaks
      case .zsh: DverRoot.completionScript(for: .zsh)
      case .fish: DverRoot.completionScript(for: .fish)
      }
    console.write(Array(script.utf8))
    if !script.hasSuffix("\n") { console.write([UInt8(ascii: "\n")]) }
  }
}
