import Base
import HTTP
import Model

/// One order at ComfyUI: what it starts from is uploaded, the graph is placed, and history and queue are asked until it is there.
/// Both are in the server's memory: one that was restarted has surely forgotten the order.
@Loop
final class ComfyRun: PictureRun {
  private static let betweenLooks = Duration.seconds(1)
  private static let longestBetween = Duration.seconds(10)
  private static let patienceWithSilence = Duration.seconds(120)

  private let workflow: Result<ComfyWorkflow, PictureFault>
  private let server: PictureServer
  private let seed: UInt64
  /// Ours, until the server gives another.
  private var name: String
  private var isPlaced = false
  private var placedAt = Duration.zero
  private var silentSince: Duration?
  private var aheadBefore: Int?
  private var hasBegunThere = false
  private var missed = 0

  init(
    _ task: PictureTask, name: String, workflow: Result<ComfyWorkflow, PictureFault>, server: PictureServer,
    seams: ProviderSeams, sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    self.name = name
    self.workflow = workflow
    self.server = server
    let random = seams.random
    seed = task.order.seed ?? random.next() >> 11
    super.init(task, asked: server.asked(task.model), seams: seams, sink: sink)
  }

  override func start() {
    placedAt = seams.timing.now()
    if task.resumes {
      isPlaced = true
      return look()
    }
    switch workflow {
    case .failure(let fault): fail(fault.cause, "\(asked.provider).workflow: \(fault.words)")
    case .success(let workflow):
      prepare { [weak self] image, mask in
        self?.findCheckpoint(workflow) { checkpoint in
          guard let self else { return }
          let values = ComfyWorkflow.values(self.task, checkpoint: checkpoint, image: image, mask: mask)
          self.place(workflow.filled(values, seed: self.seed))
        }
      }
    }
  }

  // MARK: The order

  private func prepare(then: @escaping @Loop (_ image: String?, _ mask: String?) -> Void) {
    upload(task.sources?.picture) { [weak self] image in
      self?.upload(self?.task.sources?.mask) { mask in then(image, mask) }
    }
  }

  private func upload(_ picture: [UInt8]?, then: @escaping @Loop (String?) -> Void) {
    guard let picture else { return then(nil) }
    let random = seams.random
    var form = MultipartForm(random: random.next(), random.next())
    let suffix = PictureBytes.mime(picture).split(separator: "/").last ?? "png"
    // By content: the same picture does not pile up there.
    let name = "companion-\(SHA256.hex(picture).prefix(24)).\(suffix)"
    form.add("image", file: name, type: PictureBytes.mime(picture), picture)
    form.add("type", "input")
    form.add("overwrite", "true")
    form.finish()
    var request = server.request(.post, "/upload/image")
    request.headers.append(("Content-Type", form.contentType))
    request.body = form.body
    request.patience.total = .seconds(300)
    call(request, of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
      case .success(let answer):
        guard answer.status == 200, let name = answer.json?["name"]?.string else {
          return end(.failure(server.failure(answer, task.model)))
        }
        let folder = answer.json?["subfolder"]?.string ?? ""
        then(folder.isEmpty ? name : "\(folder)/\(name)")
      }
    }
  }

  /// A graph that loads a checkpoint needs its name: the one of the order, or the first that the server has.
  private func findCheckpoint(_ workflow: ComfyWorkflow, then: @escaping @Loop (String?) -> Void) {
    if let known = task.order.checkpoint ?? task.model { return then(known) }
    guard workflow.uses("model") || workflow.uses("checkpoint") else { return then(nil) }
    call(server.request(.get, "/object_info/CheckpointLoaderSimple"), of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
      case .success(let answer):
        guard answer.status == 200, let json = answer.json else {
          return end(.failure(server.failure(answer, task.model)))
        }
        let all = ComfyAnswer.choices(json, node: "CheckpointLoaderSimple", input: "ckpt_name")
        guard let first = all.first else { return fail(.model, "it has no checkpoint") }
        then(first)
      }
    }
  }

  private func place(_ graph: JSONValue) {
    let body: JSONValue = ["prompt": graph, "client_id": "companiond", "prompt_id": .string(name)]
    call(server.request(.post, "/prompt", json: body), of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
      case .success(let answer):
        if let refusal = ComfyAnswer.refusal(answer) {
          return fail(refusal.cause, status: answer.status, refusal.words)
        }
        guard answer.status == 200, let id = answer.json?["prompt_id"]?.string, Self.isName(id) else {
          return end(.failure(server.failure(answer, task.model)))
        }
        name = id
        isPlaced = true
        tell(.accepted(RemoteJob(id)))
        lookLater()
      }
    }
  }

  /// It becomes part of an address.
  private static func isName(_ id: String) -> Bool {
    1...128 ~= id.utf8.count
      && id.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
          || "-_.".utf8.contains(byte)
      }
  }

  // MARK: How it is

  private func lookLater(_ pause: Duration = betweenLooks) { after(pause) { [weak self] in self?.look() } }

  private func look() {
    guard Self.isName(name) else { return fail(.lost, "its name there cannot be read") }
    guard seams.timing.now() - placedAt <= server.configuration.totalTimeout else {
      return withdraw { [weak self] in self?.fail(.timeout, "it was not finished in time, and was taken back")
      }
    }
    ask("/history/\(name)") { [weak self] history in
      guard let self else { return }
      switch ComfyAnswer.end(history, name) {
      case .files(let files): view(files[...], [])
      case .failed(let cause, let words): fail(cause, words)
      case nil: lookIntoQueue()
      }
    }
  }

  private func lookIntoQueue() {
    ask("/queue") { [weak self] queue in
      guard let self else { return }
      switch ComfyAnswer.place(queue, name) {
      case .running:
        missed = 0
        if !hasBegunThere {
          // Only its socket says how far it is.
          hasBegunThere = true
          tell(.accepted(RemoteJob(name)))
          tell(.progress(PictureProgress(fraction: 0.1)))
        }
        lookLater()
      case .pending(let ahead):
        missed = 0
        if aheadBefore != ahead { tell(.queued(ahead: ahead)) }
        aheadBefore = ahead
        lookLater()
      case .nowhere:
        // It may have gone from one list to the other between the two questions.
        missed += 1
        if missed > 1 {
          // One that loses what it was just given may do so again: that is counted against it.
          return fail(
            task.resumes ? .lost : .server, "neither its queue nor its history has it; it was restarted")
        }
        look()
      case nil: fail(.notAnAPI, "its queue cannot be read")
      }
    }
  }

  /// A server that does not answer may be busy with our very picture.
  private func ask(_ path: String, then: @escaping @Loop (LooseJSON) -> Void) {
    call(server.request(.get, path), of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): silent(ProviderError(error, asked: asked))
      case .success(let answer):
        guard answer.status == 200, let json = answer.json, json.isObject else {
          return silent(server.failure(answer, task.model))
        }
        silentSince = nil
        then(json)
      }
    }
  }

  private func silent(_ failure: ProviderError) {
    let now = seams.timing.now()
    let since = silentSince ?? now
    silentSince = since
    let wait = max(min(Self.betweenLooks + (now - since), Self.longestBetween), failure.retryAfter ?? .zero)
    guard failure.kind == .unavailable, now + wait - since <= Self.patienceWithSilence else {
      return endUnasked(failure)
    }
    lookLater(wait)
  }

  // MARK: The pictures

  private func view(_ files: ArraySlice<ComfyAnswer.File>, _ made: [MadePicture]) {
    guard let file = files.first else { return end(.pictures(made)) }
    let query =
      "filename=\(Self.escaped(file.name))&subfolder=\(Self.escaped(file.folder))&type=\(Self.escaped(file.type))"
    var request = server.request(.get, "/view?\(query)")
    request.maxBodyBytes = Limits.maxProviderPictureBytes
    request.patience.total = .seconds(300)
    call(request, of: server) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): end(.failure(ProviderError(error, asked: asked)))
      case .success(let answer):
        guard answer.status == 200 else {
          return answer.status == 404
            ? fail(.gone, status: 404, "its folder has no \(file.name.prefix(80))")
            : end(.failure(server.failure(answer, task.model)))
        }
        do throws(PictureFault) {
          let bytes = try PictureBytes.checked(answer.body)
          tell(.progress(PictureProgress(fraction: 0.9)))
          view(files.dropFirst(), made + [MadePicture(bytes, seed: task.resumes ? task.order.seed : seed)])
        } catch {
          fail(error.cause, "it sent \(error.words)")
        }
      }
    }
  }

  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { written, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        written.unicodeScalars.append(Unicode.Scalar(byte))
      default: written += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }

  // MARK: Taking back

  /// Out of the queue where it waits; an interruption stops whatever runs, so it must be ours that does.
  override func withdraw(then: @escaping @Loop () -> Void) {
    guard !name.isEmpty else { return then() }
    call(server.request(.get, "/queue"), of: server) { [weak self] result in
      guard let self, case .success(let answer) = result, let json = answer.json else { return then() }
      switch ComfyAnswer.place(json, name) {
      case .running:
        let which: JSONValue = ["prompt_id": .string(name)]
        call(server.request(.post, "/interrupt", json: which), of: server) { _ in then() }
      case .pending:
        let which: JSONValue = ["delete": [.string(name)]]
        call(server.request(.post, "/queue", json: which), of: server) { _ in then() }
      case .nowhere, nil: then()
      }
    }
  }
}
