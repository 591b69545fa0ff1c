import Model

/// What a Forge or AUTOMATIC1111 server has taught us by refusing it. Kept as long as the process.
struct ForgeLessons: Hashable {
  /// Members of the body it does not take.
  var dropped: Set<String> = []
  /// Its samplers have their schedulers in their names, as all had before 1.9.
  var joinsScheduler = false
  /// It tells nothing of single tasks.
  var hasNoTasks = false
}

/// An order as those servers take it. Pure.
enum ForgeOrder {
  static let usualWidth = 640
  static let usualHeight = 896

  static func path(_ task: PictureTask) -> String {
    task.sources == nil ? "/sdapi/v1/txt2img" : "/sdapi/v1/img2img"
  }

  static func body(_ task: PictureTask, name: String, _ lessons: ForgeLessons) -> [String: JSONValue] {
    let order = task.order
    let size = size(task)
    var body: [String: JSONValue] = [
      "prompt": .string(prompt(order)), "negative_prompt": .string(order.negative),
      "width": .integer(Int64(size.width)), "height": .integer(Int64(size.height)),
      "batch_size": 1, "n_iter": 1, "send_images": true, "save_images": false, "do_not_save_grid": true,
      "do_not_save_samples": true, "force_task_id": .string(name),
    ]
    if let seed = order.seed { body["seed"] = .integer(Int64(seed & 0xFFFF_FFFF)) }
    if let steps = order.steps { body["steps"] = .integer(Int64(steps)) }
    if let guidance = order.guidance { body["cfg_scale"] = .number(guidance) }
    sample(order, lessons, &body)
    if !order.styles.isEmpty { body["styles"] = .array(order.styles.map { .string($0) }) }
    var settings: [String: JSONValue] = [:]
    if let checkpoint = order.checkpoint ?? task.model {
      settings["sd_model_checkpoint"] = .string(checkpoint)
    }
    if let vae = order.vae { settings["sd_vae"] = .string(vae) }
    if let skip = order.clipSkip { settings["CLIP_stop_at_last_layers"] = .integer(Int64(skip)) }
    if !settings.isEmpty {
      body["override_settings"] = .object(settings)
      // Loading the owner's own model back costs a minute that nobody asked for.
      body["override_settings_restore_afterwards"] = false
    }
    if let sources = task.sources { start(from: sources, order, &body) } else { enlarge(order, &body) }
    for (name, value) in order.extra { body[name] = value }
    for name in lessons.dropped { body[name] = nil }
    return body
  }

  private static func prompt(_ order: PictureOrder) -> String {
    order.loras.reduce(order.prompt) { prompt, lora in
      let name = lora.name.filter { !"<>:".contains($0) }
      return "\(prompt)\(prompt.isEmpty ? "" : " ")<lora:\(name):\(lora.weight)>"
    }
  }

  private static func sample(
    _ order: PictureOrder, _ lessons: ForgeLessons, _ body: inout [String: JSONValue]
  ) {
    if lessons.joinsScheduler, let sampler = order.sampler, let scheduler = order.scheduler {
      body["sampler_name"] = .string("\(sampler) \(scheduler)")
      return
    }
    if let sampler = order.sampler { body["sampler_name"] = .string(sampler) }
    if let scheduler = order.scheduler { body["scheduler"] = .string(scheduler) }
  }

  private static func start(
    from sources: PictureSources, _ order: PictureOrder, _ body: inout [String: JSONValue]
  ) {
    body["init_images"] = [.string(Base64.encode(sources.picture))]
    body["denoising_strength"] = .number(order.strength ?? 0.6)
    guard let mask = sources.mask else { return }
    body["mask"] = .string(Base64.encode(mask))
    // What is there is what is changed.
    body["inpainting_fill"] = 1
    body["mask_blur"] = 4
  }

  private static func enlarge(_ order: PictureOrder, _ body: inout [String: JSONValue]) {
    guard let pass = order.highResolution else { return }
    body["enable_hr"] = true
    body["hr_scale"] = .number(pass.scale)
    body["hr_upscaler"] = .string(pass.upscaler ?? "Latent")
    if let steps = pass.steps { body["hr_second_pass_steps"] = .integer(Int64(steps)) }
    body["denoising_strength"] = .number(pass.strength ?? 0.5)
    // Forge fails on an absent list of these; others do not look.
    body["hr_additional_modules"] = ["Use same choices"]
  }

  /// Whole eights, as the models are made of; an edit keeps the size of what it starts from.
  static func size(_ task: PictureTask) -> (width: Int, height: Int) {
    let source = task.sources.flatMap { PictureBytes.size($0.picture) }
    var (width, height) = (Double(source?.width ?? usualWidth), Double(source?.height ?? usualHeight))
    if let source, source.width > 0, source.height > 0 {
      // More would take the memory of most cards.
      let scale = min(1, (1536.0 * 1536 / (width * height)).squareRoot())
      (width, height) = (width * scale, height * scale)
    }
    func eights(_ side: Double) -> Int { min(max(Int(side / 8) * 8, 64), 4096) }
    return (
      eights(task.order.width.map(Double.init) ?? width), eights(task.order.height.map(Double.init) ?? height)
    )
  }

  /// Whether a refusal taught something, so that asking again at once makes sense.
  static func learn(
    from answer: PictureAnswer, sent: [String: JSONValue], _ order: PictureOrder,
    _ lessons: inout ForgeLessons
  ) -> Bool {
    let words = ForgeAnswer.words(answer).lowercased()
    if answer.status == 422, let items = answer.json?["detail"]?.array {
      let names = items.compactMap { item -> String? in
        let about = "\(item["type"]?.string ?? "") \(item["msg"]?.string ?? "")".lowercased()
        guard about.contains("extra"), let name = item["loc"]?.array?.last?.string else { return nil }
        return sent[name] == nil || order.extra[name] != nil || name == "prompt" ? nil : name
      }
      lessons.dropped.formUnion(names)
      return !names.isEmpty
    }
    if (400..<500).contains(answer.status), words.contains("sampler"), words.contains("not found"),
      order.scheduler != nil, order.sampler != nil, !lessons.joinsScheduler
    {
      lessons.joinsScheduler = true
      return true
    }
    return false
  }
}
