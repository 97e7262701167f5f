import ArgumentParser
import DverCore
import DverFileSystem
import DverWorkspace

/// `dver ls`: the files of a workspace, tracked data among them.
struct ListCommand: DverCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List files, tracked data among them",
    discussion: """
      Members of tracked directories are listed as they are recorded, whether or not they are in the \
      workspace, and new files beside them. With two arguments the first is the folder of another \
      workspace, or of a git repository without dver, and the second counts from there; one \
      argument is such a folder where a workspace or repository begins, else a path.

      Examples:
        dver ls data/images
        dver ls -R --dver-only --rev v1.0
        dver ls ../other data --size
      """,
    aliases: ["list"])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var json: JSONOption

  @Flag(name: [.customShort("R"), .long], help: "List all files below")
  var recursive = false

  @Flag(name: [.customShort("T"), .long], help: "Draw folders and files as a tree")
  var tree = false

  @Option(
    name: [.customShort("L", allowingJoined: true), .long],
    help: ArgumentHelp("Look into this many levels only", valueName: "count"))
  var level: Int?

  @Flag(help: "List what dver tracks only")
  var dverOnly = false

  @Option(
    help: ArgumentHelp("The revision to list (default: the workspace)", valueName: "rev"),
    completion: .revision)
  var rev: String?

  @Flag(help: "Print sizes")
  var size = false

  @Flag(name: [.customLong("hash"), .customLong("show-hash")], help: "Print digests")
  var hash = false

  @Argument(help: "[URL] [PATH]: another workspace's folder, and a path", completion: .trackedPath)
  var places: [String] = []

  var printsJSON: Bool { json.json }

  func validate() throws {
    if places.count > 2 { throw ValidationError("ls takes at most a URL and a PATH") }
    if let level, level < 1 { throw ValidationError("--level counts from 1") }
  }

  func run(console: Console) throws {
    let (workspace, path) = try Workspace.open(
      from: currentFolder(), listing: places.map(\.pathBytes), at: rev, notices: console.notices)
    var options = ListingOptions()
    options.levels = recursive || tree ? level ?? .max : 1
    options.showsFolders = tree
    options.onlyTracked = dverOnly
    options.revision = rev
    let listing = try workspace.list(path, options: options)
    if console.printsJSON { return console.print(json: listing.json) }
    let report = ListingReport(listing, showsSizes: size, showsHashes: hash)
    if tree { report.printTree(on: console) } else { report.print(on: console) }
  }
}

/// The text of a listing.
struct ListingReport {
  private let items: [Listing.Item]
  private let showsSizes: Bool
  private let showsHashes: Bool

  init(_ listing: Listing, showsSizes: Bool, showsHashes: Bool) {
    items = listing.items
    self.showsSizes = showsSizes
    self.showsHashes = showsHashes
  }

  func print(on console: Console) {
    let details = details()
    for (item, detail) in zip(items, details) {
      console.print(detail + PathQuoting.quoted(item.path))
    }
  }

  /// Draws each name below its folder.
  func printTree(on console: Console) {
    let details = details()
    console.print(String(repeating: " ", count: details.first?.count ?? 0) + ".")
    let depths = items.map { $0.path.count { $0 == RepositoryPath.slash } }
    // Whether another name of that folder follows, found from the end.
    var open: [Bool] = []
    var isLast = Array(repeating: true, count: items.count)
    for index in items.indices.reversed() {
      let depth = depths[index]
      while open.count <= depth { open.append(false) }
      isLast[index] = !open[depth]
      open[depth] = true
      open.removeSubrange((depth + 1)...)
    }
    var bars: [String] = []
    for index in items.indices {
      bars.removeSubrange(depths[index]...)
      let name = items[index].path.split(separator: RepositoryPath.slash).last ?? []
      let branch = isLast[index] ? "└── " : "├── "
      console.print(details[index] + bars.joined() + branch + PathQuoting.quoted(name))
      bars.append(isLast[index] ? "    " : "│   ")
    }
  }

  /// Sizes and digests in columns.
  private func details() -> [String] {
    let sizes = items.map { item in
      showsSizes ? item.size.map { ByteCount($0).description } ?? "-" : ""
    }
    let hashes = items.map { item in showsHashes ? item.name?.description ?? "-" : "" }
    let sizeWidth = sizes.map(\.count).max() ?? 0
    let hashWidth = hashes.map(\.count).max() ?? 0
    return zip(sizes, hashes).map { size, hash in
      var line = ""
      if showsSizes { line += String(repeating: " ", count: sizeWidth - size.count) + size + "  " }
      if showsHashes { line += hash + String(repeating: " ", count: hashWidth - hash.count) + "  " }
      return line
    }
  }
}
