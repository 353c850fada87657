// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "downhill",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Downhill", targets: ["Downhill"]),
    .library(name: "DownhillMatrix", targets: ["DownhillMatrix"]),
    .library(name: "DownhillLandscapes", targets: ["DownhillLandscapes"]),
    .library(name: "DownhillThreads", targets: ["DownhillThreads"]),
    .library(name: "DownhillFiles", targets: ["DownhillFiles"]),
    .library(name: "DownhillKernels", targets: ["DownhillKernels"]),
    .library(name: "DownhillNN", targets: ["DownhillNN"]),
    .executable(name: "downhill", targets: ["DownhillCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The math library, since nothing else brings it to a program that imports neither Foundation nor Glibc.
    .target(name: "CLanes", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "DownhillBase", dependencies: ["CLanes"]),
    .target(name: "Downhill", dependencies: ["DownhillBase"]),
    .target(name: "DownhillMatrix", dependencies: ["DownhillBase", "Downhill"]),
    .target(name: "DownhillLandscapes", dependencies: ["DownhillBase"]),
    .target(name: "DownhillThreads", dependencies: ["DownhillBase"]),
    .target(name: "DownhillFiles", dependencies: ["DownhillBase", "Downhill"]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CThreads", linkerSettings: [.linkedLibrary("gomp", .when(platforms: [.linux]))]),
    .target(name: "CMicrokernels"),
    .target(name: "CProducts", dependencies: ["COneDNN"], linkerSettings: [.linkedLibrary("dnnl")]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "CImages",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    .target(
      name: "DownhillKernels",
      dependencies: ["DownhillBase", "DownhillThreads", "COneDNN", "CLAPACK", "CThreads", "CMicrokernels", "CProducts"]),
    .target(name: "CNetworkKernels"),
    .target(name: "CConvolution", dependencies: ["COneDNN"], linkerSettings: [.linkedLibrary("dnnl")]),
    .target(
      name: "DownhillNN", dependencies: ["DownhillBase", "DownhillKernels", "CNetworkKernels", "CConvolution"]),
    .target(
      name: "DownhillLab",
      dependencies: [
        "DownhillBase", "Downhill", "DownhillMatrix", "DownhillLandscapes", "DownhillThreads", "DownhillFiles",
        "DownhillKernels", "DownhillNN", "CZlib", "CImages",
        .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "DownhillCommand",
      dependencies: [
        "DownhillLab", "Downhill", "DownhillMatrix", "DownhillBase", "DownhillNN",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "TestSupport", dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
      path: "Tests/TestSupport"),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["Downhill", "DownhillMatrix", "DownhillLandscapes", "TestSupport"]),
    .testTarget(name: "DownhillBaseTests", dependencies: ["DownhillBase", "TestSupport"]),
    .testTarget(
      name: "DownhillTests",
      dependencies: [
        "DownhillBase", "Downhill", "DownhillMatrix", "DownhillLandscapes", "DownhillThreads", "TestSupport",
      ]),
    .testTarget(name: "DownhillLandscapesTests", dependencies: ["DownhillBase", "DownhillLandscapes"]),
    .testTarget(
      name: "DownhillFilesTests", dependencies: ["DownhillFiles", "Downhill", "DownhillMatrix", "TestSupport"]),
    .testTarget(
      name: "DownhillKernelsTests", dependencies: ["Downhill", "DownhillBase", "DownhillKernels", "DownhillMatrix"]),
    .testTarget(
      name: "DownhillNNTests",
      dependencies: ["DownhillBase", "Downhill", "DownhillFiles", "DownhillNN", "DownhillKernels", "TestSupport"]),
    .testTarget(
      name: "DownhillLabTests",
      dependencies: [
        "DownhillLab", "DownhillFiles", "DownhillBase", "Downhill", "DownhillMatrix", "DownhillLandscapes",
        "DownhillNN",
        "DownhillKernels", "TestSupport",
      ]),
    .testTarget(
      name: "DownhillCommandTests",
      dependencies: [
        "DownhillCommand", "DownhillFiles", "Downhill", "DownhillMatrix", "DownhillLandscapes", "DownhillBase",
        "DownhillKernels", "DownhillNN", "TestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// What a module imports leaks into none of its users unless it says so.
for target in package.targets where !target.name.hasPrefix("C") {
  target.swiftSettings = [.enableUpcomingFeature("InternalImportsByDefault")]
}
