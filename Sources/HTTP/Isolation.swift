package import Posix

/// The loop's isolation under the name that every room uses. Rooms above this one may not reach into Posix, and need no more of it
/// than to say where they run.
package typealias Loop = Posix.Loop
