import DverCore
package import DverFileSystem
import DverGit

/// What the configuration says about plots.
extension Workspace {
  /// The folder that plots are written to, from the user's folder; `plots.out_dir`.
  package func plotFolder() throws -> [UInt8] {
    try configuration().layers.string("plots.out_dir").map { Array($0.utf8) }
      ?? Array("dver_plots".utf8)
  }

  /// The page that plots are put into, if the user has one; `plots.html_template`.
  package func plotPageTemplate() throws -> AbsolutePath? {
    let configuration = try configuration()
    guard let value = try configuration.layers.value("plots.html_template"),
      let bytes = value.bytes
    else { return nil }
    return configuration.resolve(bytes, from: value)
  }

  /// Whether pages of plots are shown at once; `plots.auto_open`.
  package func opensPlots() throws -> Bool {
    try configuration().layers.bool("plots.auto_open") ?? false
  }
}
