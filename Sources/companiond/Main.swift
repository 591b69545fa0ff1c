import Base
import Config
import FoundationEssentials
import Glibc
import Posix
import Store
import Systemd

/// The composition root: options, configuration, socket, loop. Policy is elsewhere.
@main
enum Main {
  static func main() {
    umask(0o077)
    do throws(Refusal) {
      exit(try run())
    } catch {
      print("companiond: \(error.sentence)", to: 2)
      exit(error.status.rawValue)
    }
  }

  private static func run() throws(Refusal) -> Int32 {
    let options: Options
    do throws(Options.Problem) {
      options = try Options(Array(CommandLine.arguments.dropFirst()))
    } catch {
      throw Refusal(.usage, error.sentence + " companiond --help tells more.")
    }
    if options.help { return say(Options.usage) }
    if options.version { return say("companiond \(releaseVersion)") }
    // Asks for nothing but the file, so that it can be done where no daemon ever ran.
    if let file = options.checkBackup {
      let problems = BackupCheck.problems(of: file)
      guard problems.isEmpty else {
        throw Refusal(
          .configuration, "\(file.printable()) cannot be restored: \(problems.joined(separator: "; ")).")
      }
      return say("\(file.printable()) is sound.")
    }

    let environment = ProcessInfo.processInfo.environment
    let places = Places(environment: environment)
    let loader = ConfigurationLoader(
      environment: environment, explicitFile: options.config, systemWide: options.system,
      home: environment["HOME"], logLevel: options.logLevel)
    let loaded: LoadedConfiguration
    do throws(ConfigurationErrors) {
      loaded = try loader.load()
    } catch {
      throw Refusal(.configuration, error.description)
    }
    if options.checkConfig {
      for warning in loaded.warnings { print("warning: \(warning)", to: 2) }
      return say(
        "The configuration is good\(loaded.files.isEmpty ? "; no file was found, so the built-in values hold" : ": " + loaded.files.joined(separator: ", "))."
      )
    }

    // Before any thread exists, so that every thread leaves them to the loop.
    let signals: FileDescriptor
    do throws(SystemError) {
      signals = try Signals.adopt([SIGTERM, SIGINT, SIGHUP])
    } catch {
      throw Refusal(.fault, "Signals cannot be handled: \(error).")
    }
    Files.raiseDescriptorLimit()
    let (listening, path) = try ListeningSocket.open(options, places: places, system: options.system)
    let watchdog: Watchdog?
    do throws(SystemdError) {
      // Takes its variables out of the environment, which is only safe while there is one thread.
      watchdog = try Watchdog.take()
    } catch {
      throw Refusal(.configuration, "The watchdog's settings cannot be read: \(error).")
    }
    let logs = LogCentre(
      sink: logSink(for: loaded.configuration.log.format, environment: environment),
      threshold: loaded.configuration.log.level)
    let parts = Daemon.Parts(
      options: options, loader: loader, loaded: loaded, logs: logs, listening: listening, socketPath: path,
      dataFolder: options.data ?? (options.system ? Places.systemData : places.dataFolder),
      watchdog: watchdog)

    let signalSource = signals.release()
    Loop.perform {
      let daemon = Daemon(parts)
      Signals.watch(signalSource) { daemon.handle($0) }
      Loop.begin { await daemon.start() }
    }
    Loop.run()
    return parts.exitStatus.withLock { $0 }
  }

  private static func say(_ text: String) -> Int32 {
    print(text, to: 1)
    return 0
  }
}
