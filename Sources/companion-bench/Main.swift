import Base
import FoundationEssentials
import Glibc
import Posix

/// The measurements, one file each under `Measurements`. This file reads the command line and puts out what was found.
@main
enum Main {
  static func main() async {
    let options: Options
    do throws(Options.Problem) {
      options = try Options(Array(CommandLine.arguments.dropFirst()))
    } catch {
      say(error.sentence + " companion-bench --help tells more.", to: 2)
      exit(64)
    }
    if options.help {
      say(Options.usage, to: 1)
      exit(0)
    }
    Files.raiseDescriptorLimit()
    do {
      try Children.endWithThisProcess()
      try await Bench(options).run()
      Scratch.removeAll()
      exit(0)
    } catch {
      Children.killAll()
      Scratch.removeAll()
      say("companion-bench: \(error)", to: 2)
      exit(1)
    }
  }
}

/// Something that keeps a measurement from being made, in a sentence.
struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func say(_ text: String, to descriptor: Int32) {
  let bytes = Array((text + "\n").utf8)
  unsafe write(descriptor, bytes, bytes.count)
}

/// Nanoseconds of the monotonic clock.
func now() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
