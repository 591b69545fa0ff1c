/// Who may import whom: the whole house, rooms of later parts included. `contrib/doc/architecture.md` shows the rows
/// of what exists, and Package.swift may declare no more than stands here.
///
/// The order is that of the arrows: a row names only rows above it.
let arrows: [(name: String, mayImport: [String])] = [
  ("CLinux", []), ("CSQLite", []), ("CCurl", []), ("CWebP", []), ("CSystemd", []), ("CJPEG", []),
  ("CPNG", []), ("CZlib", []),
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
  (
    "companiond",
    [
      "Base", "Model", "Wire", "Posix", "Config", "SQLite", "HTTP", "Picture", "Systemd", "Store",
      "Providers",
      "Engine", "Server",
    ]
  ),
  ("companionctl", ["Base", "Model", "Wire", "Config", "Picture", "Client"]),
  (
    "companion-bench",
    [
      "Base", "Model", "Wire", "Posix", "Config", "SQLite", "HTTP", "Picture", "Store", "Providers", "Engine",
      "Client",
    ]
  ),
]

/// The one room that may import each C module.
let wrappers = [
  "CLinux": "Posix", "CSQLite": "SQLite", "CCurl": "HTTP", "CWebP": "Picture", "CJPEG": "Picture",
  "CPNG": "Picture", "CZlib": "Picture",
  "CSystemd": "Systemd",
]

/// What rooms may import from outside the house. Not Foundation, which brings ICU; not Dispatch, whose threads are not
/// ours; not the heavier halves of either.
let outside: Set = ["Glibc", "Synchronization", "FoundationEssentials"]

/// The name a target is imported by: a program's may have a hyphen, which is none of a name in Swift.
func moduleName(of target: String) -> String { String(target.map { $0 == "-" ? "_" : $0 }) }

/// What test targets may import beside the rooms above their own, and `Testing`.
func mayImport(suite: String) -> Set<String> {
  let open: Set = ["Base", "Model", "Wire", "Posix", "Config", "Client"]
  switch suite {
  case "HouseTests": return ["Base", "TestSupport"]
  // These drive the programs from outside, as any client would.
  case "DaemonTests": return open.union(["TestSupport"])
  // And into how the command shows things.
  case "CommandTests": return open.union(["TestSupport", "companionctl"])
  // What a measuring program makes of its numbers cannot be seen from outside.
  case "BenchTests": return ["Base", "companion-bench"]
  case "TestSupport": return open.subtracting(["Config"]).union(["HTTP"])
  default:
    let room = String(suite.dropLast("Tests".count))
    guard let place = arrows.firstIndex(where: { $0.name == room }) else { return [] }
    return Set(arrows[...place].map(\.name).filter { wrappers[$0] == nil }).union(["TestSupport"])
  }
}
