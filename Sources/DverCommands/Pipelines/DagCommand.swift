import ArgumentParser
import DverCore
import DverPipeline
import DverWorkspace

/// `dver dag`: draws the pipelines.
struct DagCommand: WorkspaceCommand {
  static let configuration = CommandConfiguration(
    commandName: "dag",
    abstract: "Draw which stage reads what another one writes",
    discussion: """
      Examples:
        dver dag
        dver dag --dot | dot -Tsvg > pipeline.svg
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(help: "Print in Graphviz' language")
  var dot = false

  @Flag(help: "Print in Mermaid's language")
  var mermaid = false

  @Flag(help: "Print Mermaid's language in a Markdown block")
  var md = false

  @Flag(name: .shortAndLong, help: "Draw outputs in place of stages")
  var outs = false

  @Flag(help: "Draw all that is connected with the target")
  var full = false

  @Flag(
    name: [.long, .customLong("collapse-foreach-matrix")], help: "Draw groups of stages as one")
  var collapse = false

  @Argument(help: "A stage or an output (default: everything)", completion: .target)
  var target: String?

  var printsJSON: Bool { json.json }

  var bareAccess: BareAccess { .allowed(revision: nil) }

  func validate() throws {
    if outs, collapse { throw ValidationError("--outs and --collapse exclude each other") }
  }

  func run(in workspace: Workspace, console: Console) throws {
    var options = DagOptions()
    options.nodes = outs ? .outputs : collapse ? .groups : .stages
    options.target = target
    options.isFull = full
    let drawing = try workspace.dag(options)
    if console.printsJSON { return console.print(json: Self.document(drawing)) }
    let text =
      if md {
        "```mermaid\n\(drawing.mermaid)```\n"
      } else if mermaid {
        drawing.mermaid
      } else if dot {
        drawing.dot
      } else {
        drawing.tree
      }
    console.write(Array(text.utf8))
  }

  private static func document(_ drawing: GraphDrawing) -> JSONValue {
    let edges = drawing.arrows.map { arrow -> JSONValue in
      [
        "from": name(drawing.nodes[arrow.source]), "to": name(drawing.nodes[arrow.target]),
      ]
    }
    return [
      "nodes": .array(drawing.nodes.map { name($0) }), "edges": .array(edges),
    ]
  }

  /// The path itself where a node is one that is shown in quotes.
  private static func name(_ node: String) -> JSONValue {
    PathQuoting.unquote(Array(node.utf8).span).map { .path($0) } ?? .string(node)
  }
}
