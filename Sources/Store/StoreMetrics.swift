import Base

/// What a vault counts. Vaults of one process share the instruments, except for gauges, which carry the owner.
struct StoreMetrics: Sendable {
  let operations: Counter
  let syncedCommits: Counter
  let unsyncedCommits: Counter
  let failedCommits: Counter
  let operationsPerCommit: Histogram
  let commitSeconds: Histogram
  let reads: Counter
  let checkpoints: Counter
  let revivals: Counter
  let walBytes: Gauge
  let full: Gauge

  init(_ metrics: Metrics, owner: String) {
    operations = metrics.counter("companion_store_operations", "Write operations that were committed.")
    let commits = "companion_store_commits"
    let help = "Commits that wrote something, by whether they were synced."
    syncedCommits = metrics.counter(commits, help, labels: ["synced": "yes"])
    unsyncedCommits = metrics.counter(commits, help, labels: ["synced": "no"])
    failedCommits = metrics.counter(
      "companion_store_failed_commits", "Batches of which nothing was acknowledged.")
    operationsPerCommit = metrics.histogram(
      "companion_store_operations_per_commit", "How many operations shared a commit.",
      bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    commitSeconds = metrics.histogram(
      "companion_store_commit_seconds", "From the beginning of a batch to its commit.")
    reads = metrics.counter("companion_store_reads", "Read transactions.")
    checkpoints = metrics.counter("companion_store_checkpoints", "Moves of the log into the database.")
    revivals = metrics.counter(
      "companion_store_revivals", "Times the connections were made anew after a failure of the disk.")
    walBytes = metrics.gauge(
      "companion_store_wal_bytes", "Size of the write-ahead log.", labels: ["owner": owner])
    full = metrics.gauge(
      "companion_store_full", "1 while the disk is full and new writes are refused.",
      labels: ["owner": owner])
  }
}
