import CLinux

/// The process's memory as a whole.
public enum Memory {
  /// Gives back to the system what a time of much to do has left: the allocator keeps it, and would for ever.
  ///
  /// Costs a few milliseconds for what was tens of megabytes, in which other threads that allocate wait; for a moment when there is
  /// nothing else to do.
  public static func giveBack() { clinux_give_back_memory() }
}
