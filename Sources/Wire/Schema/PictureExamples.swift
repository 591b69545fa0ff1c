import Base
import Model

// Pictures of the examples' one small story.

extension Example {
  static let image = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F819)
  static let job = ULID(high: 0x0193_4E82_B158_6D27, low: 0x91C4_0E7B_AA36_F81A)
}

extension Image {
  static var example: Image {
    var image = Image(
      id: Example.image, companion: Example.companion, chat: Example.chat, message: Example.reply,
      kind: .scene, width: 1216, height: 832, bytes: 187_204, originalBytes: 1_604_118,
      createdAt: Example.later, change: 4716)
    image.prompt = "woman of 34, grey eyes, open yellow raincoat, leaning on the rail, the quay"
    image.provider = "forge"
    image.seed = "8120443319"
    return image
  }
}

extension ImageStats {
  static var example: ImageStats {
    ImageStats(
      images: 212, kinds: ["scene": 180, "portrait": 4, "imagine": 28], files: 424, bytes: 41_205_760,
      quota: nil, originalBytes: 318_767_104)
  }
}

extension ImageCollection {
  static var example: ImageCollection {
    ImageCollection(orphans: 2, orphanBytes: 391_168, removed: 0, missing: [])
  }
}

extension TrashEntry {
  static var exampleImage: TrashEntry {
    TrashEntry(
      id: Example.trash, kind: .image, item: Example.image, title: "the quay", deletedAt: Example.later,
      purgeAt: Timestamp(milliseconds: Example.later.milliseconds + 30 * 86_400_000))
  }
}

extension Job {
  static var example: Job {
    Job(
      id: Example.job, kind: .illustrate, companion: Example.companion, chat: Example.chat,
      message: Example.reply, provider: "forge", createdAt: Example.at, change: 4714)
  }

  static var exampleRunning: Job {
    var job = example
    (job.state, job.attempts, job.startedAt) = (.running, 1, Example.at)
    (job.progress, job.step, job.steps, job.etaMs) = (0.4, 8, 20, 5200)
    return job
  }

  static var exampleOver: Job {
    var job = exampleRunning
    (job.state, job.progress, job.image, job.endedAt) = (.succeeded, 1, Example.image, Example.later)
    (job.step, job.steps, job.etaMs) = (nil, nil, nil)
    return job
  }

  static var exampleCancelled: Job {
    var job = example
    (job.state, job.endedAt) = (.cancelled, Example.later)
    job.error = TurnError(
      code: 9, message: "It was cancelled.", data: ["reason": "cancelled", "retryable": false])
    return job
  }

  static var exampleSkipped: Job {
    var job = example
    (job.state, job.endedAt) = (.failed, Example.at)
    job.error = TurnError(
      code: 4, message: "10 pictures an hour are the limit.",
      data: ["reason": "rate_limited", "retryable": true, "retryAfterMs": 1_200_000])
    return job
  }
}
