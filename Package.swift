// swift-tools-version: 6.2
// The house. Who may import whom is contrib/doc/architecture.md's table, and Tests/HouseTests holds every import to it:
// `--explicit-target-dependency-import-check error` (in contrib/build) refuses only what is out of a target's reach.
import PackageDescription

/// One array for every target: a rule that only some rooms follow is not a rule.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// What Debian's own Swift 6.2 needs beyond that. Its assertions are on, and its verifier and two optimisers stop at values
/// that cannot be copied, which 6.3 compiles.
#if compiler(<6.3)
  let older: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", "-sil-verify-none"]),
    .unsafeFlags(
      [
        "-Xllvm", "-sil-disable-pass=redundant-load-elimination",
        "-Xllvm", "-sil-disable-pass=early-redundant-load-elimination",
        "-Xllvm",
        "-sil-disable-pass-only-function="
          + "$s5Store9BackupJobV2of2toAC6SQLite8DatabaseC_SStAA0A5ErrorOYKcfC",
      ], .when(configuration: .release)),
  ]
#else
  let older: [SwiftSetting] = []
#endif
let settings = strict + older

/// Libraries, in the order a newcomer meets them: every arrow points upwards in this list.
let rooms: [(name: String, mayImport: [String])] = [
  ("Base", []),
  ("Model", ["Base"]),
  ("Wire", ["Base", "Model"]),
  ("Posix", ["Base", "CLinux"]),
  ("Config", ["Base", "Posix"]),
  ("SQLite", ["Base", "CSQLite"]),
  ("HTTP", ["Base", "CCurl", "Posix"]),
  ("Picture", ["Base", "CJPEG", "CPNG", "CWebP", "CZlib"]),
  ("Systemd", ["Base", "CSystemd"]),
  ("Store", ["Base", "Model", "SQLite"]),
  ("Providers", ["Base", "Model", "HTTP"]),
  ("Engine", ["Base", "Model", "Store", "Providers", "Picture"]),
  ("Server", ["Base", "Model", "Wire", "Posix", "Config", "Engine"]),
  ("Client", ["Base", "Model", "Wire", "Posix"]),
]

let programs: [(name: String, mayImport: [String])] = [
  (
    "companiond",
    [
      "Base", "Model", "Wire", "Posix", "Config", "SQLite", "HTTP", "Systemd", "Store", "Providers", "Engine",
      "Server",
    ]
  ),
  ("companionctl", ["Base", "Model", "Wire", "Config", "Picture", "Client"]),
  (
    "companion-bench",
    ["Base", "Model", "Wire", "Posix", "Config", "SQLite", "Store", "Engine", "Client"]
  ),
]

/// Tests mirror the targets. A suite may also look into the rooms below its own.
let suites: [(name: String, mayImport: [String])] = [
  ("BaseTests", ["Base", "TestSupport"]),
  ("ModelTests", ["Base", "Model", "TestSupport"]),
  ("WireTests", ["Base", "Model", "Wire", "TestSupport"]),
  ("PosixTests", ["Base", "Posix", "TestSupport"]),
  ("ConfigTests", ["Base", "Posix", "Config", "TestSupport"]),
  ("SQLiteTests", ["Base", "SQLite", "TestSupport"]),
  ("HTTPTests", ["Base", "Posix", "HTTP", "TestSupport"]),
  ("PictureTests", ["Base", "Picture", "TestSupport"]),
  ("SystemdTests", ["Base", "Systemd", "TestSupport"]),
  ("StoreTests", ["Base", "Model", "Posix", "SQLite", "Store", "TestSupport"]),
  ("ProvidersTests", ["Base", "Model", "Posix", "HTTP", "Providers", "TestSupport"]),
  (
    "EngineTests",
    ["Base", "HTTP", "Model", "Picture", "Posix", "Providers", "Store", "Engine", "TestSupport"]
  ),
  (
    "ServerTests",
    [
      "Base", "Model", "Wire", "Posix", "Config", "HTTP", "Store", "Providers", "Engine", "Server",
      "TestSupport",
    ]
  ),
  ("ClientTests", ["Base", "Model", "Wire", "Posix", "Client", "TestSupport"]),
  ("DaemonTests", ["Base", "Model", "Wire", "Posix", "Client", "TestSupport"]),
  ("CommandTests", ["Base", "Model", "Wire", "Client", "TestSupport", "companionctl"]),
  ("BenchTests", ["Base", "companion-bench"]),
  ("HouseTests", ["Base", "TestSupport"]),
]

/// Names of suites, with spaces between: then these are all that is built, and what they test. For a sanitizer's
/// build, which need not compile what it will not run.
let only = Context.environment["COMPANION_SUITES"].map { $0.split(separator: " ").map(String.init) }
let builtSuites = suites.filter { only?.contains($0.name) ?? true }
let builtPrograms = only == nil ? programs : []

func named(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: $0) } }

let package = Package(
  name: "companion",
  products: builtPrograms.map { .executable(name: $0.name, targets: [$0.name]) } + [
    .library(name: "CompanionClient", targets: ["Client"])
  ],
  targets: [
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CCurl"),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
  ]
    + rooms.map { .target(name: $0.name, dependencies: named($0.mayImport), swiftSettings: settings) }
    + builtPrograms.map {
      .executableTarget(name: $0.name, dependencies: named($0.mayImport), swiftSettings: settings)
    }
    + [
      .target(
        name: "TestSupport", dependencies: named(["Base", "Model", "Wire", "Posix", "HTTP", "Client"]),
        path: "Tests/TestSupport", swiftSettings: settings)
    ]
    + builtSuites.map {
      .testTarget(name: $0.name, dependencies: named($0.mayImport), swiftSettings: settings)
    }
)
