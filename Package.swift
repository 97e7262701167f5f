// swift-tools-version: 6.2
import PackageDescription

// Whether this is the build of `scripts/fuzz`.
let isFuzzing = Context.environment["DVER_FUZZ"] != nil

let rules: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]
// For libFuzzer the layers say what each input reaches; no other program can be linked with them then.
let strict = rules + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
    swiftSettings: strict)
}

let package = Package(
  name: "dver",
  products: [.executable(name: "dver", targets: ["dver"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CSystem"),

    layer("DverCore"),
    layer("DverParallel", ["CSystem"]),
    layer("DverFileSystem", ["DverCore", "DverParallel", "CSystem"]),
    layer("DverIgnore", ["DverCore"]),
    layer("DverHashing", ["DverCore", "DverParallel", "DverFileSystem", "CCrypto"]),
    layer(
      "DverObjectStore",
      ["DverCore", "DverFileSystem", "DverHashing", "DverParallel", "CZlib"]),
    layer("DverYAML", ["DverCore", "CYaml"]),
    layer("DverPlot"),
    layer("DverTable", ["DverCore", "DverParallel", "CZlib"]),
    layer("DverManifest", ["DverCore", "DverHashing", "DverParallel", "DverYAML"]),
    layer("DverGit", ["DverCore", "DverParallel", "CGit2"]),
    layer(
      "DverPipeline",
      ["DverCore", "DverFileSystem", "DverHashing", "DverManifest", "DverParallel", "CSystem"]),
    layer(
      "DverRemote",
      ["DverCore", "DverFileSystem", "DverHashing", "DverObjectStore", "DverParallel"]),
    layer(
      "DverWorkspace",
      [
        "CSystem", "DverCore", "DverParallel", "DverFileSystem", "DverIgnore", "DverHashing",
        "DverObjectStore", "DverYAML", "DverManifest", "DverGit", "DverPipeline", "DverRemote",
        "DverPlot", "DverTable",
      ]),
    layer(
      "DverCommands",
      [
        "CSystem", "DverCore", "DverFileSystem", "DverManifest", "DverParallel",
        "DverPipeline",
        "DverTable", "DverWorkspace",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "dver", dependencies: ["DverCommands"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["DverCore", "CSystem"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("DverCoreTests", ["DverCore"]),
    tests("DverHashingTests", ["DverHashing", "DverCore"]),
    tests("DverFileSystemTests", ["DverCore", "DverFileSystem", "DverParallel"]),
    tests("DverIgnoreTests", ["DverCore", "DverIgnore"]),
    tests(
      "DverObjectStoreTests",
      ["DverCore", "DverFileSystem", "DverHashing", "DverObjectStore", "DverParallel"]),
    tests(
      "DverRemoteTests",
      ["DverCore", "DverFileSystem", "DverHashing", "DverObjectStore", "DverRemote"]),
    tests("DverYAMLTests", ["DverYAML", "DverCore"]),
    tests("DverPlotTests", ["DverPlot"]),
    tests("DverTableTests", ["DverTable", "DverCore", "CZlib"]),
    tests(
      "DverManifestTests",
      ["DverManifest", "DverHashing", "DverParallel", "DverCore", "DverYAML"]),
    tests("DverGitTests", ["DverCore", "DverGit", "CGit2"]),
    tests("DverParallelTests", ["DverParallel"]),
    tests(
      "DverPipelineTests",
      [
        "CSystem", "DverCore", "DverFileSystem", "DverHashing", "DverManifest", "DverParallel",
        "DverPipeline",
      ]),
    tests("CommandLineTests", ["DverCore", "DverFileSystem", "DverParallel"]),
  ]
)

if isFuzzing {
  func fuzz(_ name: String, _ dependencies: [Target.Dependency]) {
    package.targets.append(
      .target(
        name: name, dependencies: dependencies, path: "Tests/Fuzz/\(name)", swiftSettings: rules))
    // A library for `scripts/fuzz` to link: libFuzzer has the main function, and the package manager
    // wants that of an executable to be in the target itself.
    package.products.append(.library(name: name, type: .static, targets: [name]))
  }
  fuzz("FuzzSupport", ["DverCore"])
  fuzz("PackFuzz", ["DverCore", "DverHashing", "DverObjectStore", "FuzzSupport"])
  fuzz("ManifestNodeFuzz", ["DverCore", "DverManifest", "FuzzSupport"])
  fuzz("ManifestTreeFuzz", ["DverCore", "DverHashing", "DverManifest", "FuzzSupport"])
  fuzz("PointerFuzz", ["DverCore", "DverManifest", "FuzzSupport"])
  fuzz("LockFuzz", ["DverCore", "DverManifest", "FuzzSupport"])
  fuzz("PipelineFuzz", ["DverCore", "DverManifest", "FuzzSupport"])
}
