/// Where templates find parameter files: the workspace, or one of its revisions.
package protocol ParameterSource: AnyObject {
  /// The file at `path`, counted from the folder of the `dver.yaml`, in normal form; it may begin
  /// with `..` or `/`.
  ///
  /// - Throws: What is wrong with the file's text.
  func parameterFile(at path: String) throws -> FoundParameterFile
}

/// What is at the path of a parameter file.
package enum FoundParameterFile: Sendable {
  case file(ParameterFile)
  case directory
  case missing
}

/// No files at all: what a definition without templates needs.
package final class NoParameterFiles: ParameterSource {
  package init() {}

  package func parameterFile(at path: String) -> FoundParameterFile { .missing }
}

/// Choices about templates that the configuration makes.
package struct TemplateOptions: Hashable, Sendable {
  /// `parsing.bool` is `boolean_optional`: false becomes `--no-NAME` instead of nothing.
  package var negatesFlags = false
  /// `parsing.list` is `append`: a flag is repeated before each item of a list.
  package var repeatsFlags = false

  package init() {}
}
