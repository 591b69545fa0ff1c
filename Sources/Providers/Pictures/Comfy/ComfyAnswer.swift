import Model

/// What ComfyUI answers. Pure.
enum ComfyAnswer {
  /// One sentence of a refusal: what is wrong with which node.
  static func refusal(_ answer: PictureAnswer) -> (cause: ProviderError.Cause, words: String)? {
    guard answer.status == 400, let json = answer.json else { return nil }
    var words: [String] = []
    var cause = ProviderError.Cause.request
    if case .object(let nodes)? = json["node_errors"] {
      for (_, node) in nodes.prefix(3) {
        let type = node["class_type"]?.string ?? "a node"
        for error in node["errors"]?.array?.prefix(2) ?? [] {
          let details = error["details"]?.string ?? ""
          words.append("\(type): \(error["message"]?.string ?? "an error") (\(details.prefix(120)))")
          if details.hasPrefix("ckpt_name") || details.hasPrefix("unet_name") { cause = .model }
        }
      }
    }
    if words.isEmpty {
      let error = json["error"]
      words.append(error?["message"]?.string ?? error?.string ?? "it does not take the workflow")
      if let details = error?["details"]?.string, !details.isEmpty {
        words.append(String(details.prefix(200)))
      }
    }
    return (cause, words.joined(separator: "; "))
  }

  struct File: Hashable {
    var name: String
    var folder: String
    var type: String
  }

  /// What became of a job that has ended.
  enum End: Hashable {
    case files([File])
    case failed(ProviderError.Cause, String)
  }

  /// nil while the history has nothing of it.
  static func end(_ history: LooseJSON, _ id: String) -> End? {
    guard let entry = history[id], entry.isObject else { return nil }
    let status = entry["status"]
    var files: [File] = []
    if case .object(let outputs)? = entry["outputs"] {
      for (_, output) in outputs {
        for image in output["images"]?.array ?? [] {
          guard let name = image["filename"]?.string else { continue }
          files.append(
            File(
              name: name, folder: image["subfolder"]?.string ?? "", type: image["type"]?.string ?? "output"))
        }
      }
    }
    if let failure = failure(status) { return failure }
    // What is only shown on the way counts when nothing was saved.
    let saved = files.filter { $0.type == "output" }
    guard !files.isEmpty else {
      return .failed(.malformed, "the workflow ended without a picture; it may lack a node that saves one")
    }
    return .files(saved.isEmpty ? files : saved)
  }

  private static func failure(_ status: LooseJSON?) -> End? {
    for message in status?["messages"]?.array ?? [] {
      guard let event = message.array?.first?.string, let data = message.array?.last else { continue }
      if event == "execution_interrupted" { return .failed(.interrupted, "somebody stopped it there") }
      guard event == "execution_error" else { continue }
      let what = data["exception_message"]?.string ?? "an error"
      let type = data["exception_type"]?.string ?? ""
      let words = "\(data["node_type"]?.string ?? "a node"): \(what)"
      return .failed(PictureServer.speaksOfMemory("\(type) \(what)") ? .memory : .server, words)
    }
    return status?["status_str"]?.string == "error" ? .failed(.server, "an error without a word") : nil
  }

  enum Place: Hashable {
    case running
    /// So many before it, the running ones included.
    case pending(ahead: Int)
    case nowhere
  }

  static func place(_ queue: LooseJSON, _ id: String) -> Place? {
    guard let running = queue["queue_running"]?.array, let pending = queue["queue_pending"]?.array else {
      return nil
    }
    func isOurs(_ item: LooseJSON) -> Bool { item.array.map { $0.count > 1 && $0[1].string == id } ?? false }
    if running.contains(where: isOurs) { return .running }
    guard let own = pending.first(where: isOurs) else { return .nowhere }
    let number = own.array?.first?.double ?? .infinity
    return .pending(ahead: running.count + pending.count { ($0.array?.first?.double ?? .infinity) < number })
  }

  /// The choices of one input of a node, in the older form and the newer.
  static func choices(_ json: LooseJSON, node: String, input: String) -> [String] {
    let inputs = json[node]?["input"]
    guard let entry = (inputs?["required"]?[input] ?? inputs?["optional"]?[input])?.array else { return [] }
    let list = entry.first?.array ?? entry.dropFirst().first?["options"]?.array ?? []
    return PictureOptions.names(list, members: [])
  }
}
