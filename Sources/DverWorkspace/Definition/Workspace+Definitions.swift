package import DverCore
import DverFileSystem
import DverGit
import DverManifest
import DverPipeline
import Synchronization

/// The `dver.yaml` files that were read, so that each is read once a run unless it, or a parameter
/// file that its templates name, changes.
final class DefinitionCache: Sendable {
  private struct Entry {
    let bytes: [UInt8]
    let used: [ParameterFileCache.Use]
    let file: PipelineFile
  }

  private let known = Mutex<[RepositoryPath: Entry]>([:])

  init() {}

  func file(at path: RepositoryPath, bytes: [UInt8]) throws -> PipelineFile? {
    guard let entry = known.withLock({ $0[path] }), entry.bytes == bytes,
      try entry.used.allSatisfy({ try $0.isCurrent() })
    else { return nil }
    return entry.file
  }

  func remember(
    _ file: PipelineFile, at path: RepositoryPath, bytes: [UInt8],
    used: [ParameterFileCache.Use]
  ) {
    known.withLock { $0[path] = Entry(bytes: bytes, used: used, file: file) }
  }
}

extension Workspace {
  /// Reads the `dver.yaml` of the workspace whose text is `bytes`, with its templates filled in.
  func definition(at path: RepositoryPath, bytes: [UInt8]) throws -> PipelineFile {
    if let known = try definitions.file(at: path, bytes: bytes) { return known }
    let parameters = WorkspaceParameters(self, folder: path.parent)
    let file = try PipelineFile(
      bytes: bytes, source: path.description, parameters: parameters,
      options: try configuration().templateOptions)
    definitions.remember(file, at: path, bytes: bytes, used: parameters.used)
    return file
  }

  /// The document of `stage list --resolved --json` for the `dver.yaml` of the current folder, and
  /// what the user should know beside it.
  package func resolvedDefinition() throws -> (json: JSONValue, warnings: [String]) {
    let path = currentFolder.appending(CatalogFiles.pipelineName.utf8)
    guard let bytes = try FileSystem.contents(of: root.appending(path)) else {
      throw WorkspaceError.missing(displayed(path))
    }
    let resolved = try ResolvedDefinition(
      bytes: bytes, source: displayed(path),
      parameters: WorkspaceParameters(self, folder: currentFolder),
      options: try configuration().templateOptions)
    return (resolved.json(file: CatalogFiles.pipelineName), resolved.warnings)
  }
}

extension Configuration {
  /// How maps become flags of commands.
  var templateOptions: TemplateOptions {
    get throws {
      var options = TemplateOptions()
      options.negatesFlags = try word("parsing.bool") == "boolean_optional"
      options.repeatsFlags = try word("parsing.list") == "append"
      return options
    }
  }

  /// An option that takes one of some words.
  private func word(_ name: String) throws -> String? {
    let value = try layers.string(name)
    if let value {
      try ConfigurationOptions.check(value, of: name, ConfigurationOptions.kind(of: name))
    }
    return value
  }
}
