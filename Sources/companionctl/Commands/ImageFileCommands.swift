import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let imagesOpen = CommandSpec(
    name: "open",
    summary: "Open a picture in the desktop's own viewer",
    takes: "[IMAGE]",
    words: 0...1,
    discussion: "By xdg-open, from the package xdg-utils. The newest where none is named.",
    examples: [.init("companionctl images open last", "In a window.")]
  ) { invocation in
    let image = try invocation.client().image(invocation.words.first, invocation)
    guard let path = image.path else {
      throw Missing(
        description: "The daemon's files belong to another user; companionctl images export makes a copy.")
    }
    guard let outcome = OtherProgram.run("xdg-open", [path]), outcome.status == 0 else {
      throw Missing(description: "xdg-open could not show it. The file is \(path.escaped)")
    }
    if invocation.json { try invocation.print(ImageGet.Result(image: image)) }
    return .done
  }

  static let imagesExport = CommandSpec(
    name: "export",
    summary: "Copy pictures somewhere else",
    takes: "IMAGE …",
    words: 1...200,
    options: [
      OptionSpec("--into", "FOLDER", "where to; the current folder when absent"),
      OptionSpec("--force", nil, "write over files that are there"),
    ],
    discussion: "The copies are named for the companion, the kind and the day.",
    examples: [.init("companionctl images export --into ~/Pictures last", "One to show around.")]
  ) { invocation in
    let client = invocation.client()
    let pictures = try invocation.words.map { try client.image($0, invocation) }
    let reply = try client.call(
      CallRequest(ImageExport.self, ImageExport.Params(images: pictures.map(\.id))),
      timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let folder = invocation.value("--into").map(FileText.absolute)
    for (picture, file) in zip(pictures, try reply.decoded(as: ImageExport.self).files) {
      // A name of the daemon's making leads nowhere else.
      let name = file.name.replacing("/", with: "-")
      let path = folder.map { "\($0)/\(name)" } ?? name
      let bytes = try PictureFiles.bytes(of: picture, client)
      try FileText.write(bytes, to: path, replacing: invocation.has("--force"))
      invocation.out.line(path.escaped)
    }
    return .done
  }

  static let imagesAdd = CommandSpec(
    name: "add",
    summary: "Store pictures of your own",
    takes: "FILE …",
    words: 1...200,
    options: [
      OptionSpec("--companion", "WHO", "whose they are"),
      OptionSpec("--kind", "KIND", "upload when absent, or portrait or header"),
    ],
    discussion: "JPEG, PNG or WebP of at most 5 MiB each; - reads one from stdin.",
    examples: [.init("companionctl images add --companion ada harbour.jpg", "A place she knows.")]
  ) { invocation in
    let kind = try ownKind(invocation)
    let client = invocation.client()
    for word in invocation.words {
      let limit = Limits().maxUploadBytes
      let bytes = word == "-" ? try StandardInput.all(limit: limit) : try FileText.read(word, limit: limit)
      // In base64 it takes a third more, and must fit into a line with room to spare.
      let upload =
        bytes.count > Limits().maxLineBytes / 2
        ? try client.upload(bytes, timeout: Invocation.patience) : nil
      let params = ImageImport.Params(
        data: upload == nil ? bytes : nil, upload: upload, companion: invocation.value("--companion"),
        kind: kind)
      let reply = try client.call(CallRequest(ImageImport.self, params), timeout: Invocation.patience)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        let image = try reply.decoded(as: ImageImport.self).image
        invocation.out.line("\(word.escaped) is \(image.id) now: \(image.line)")
      }
    }
    return .done
  }

  private static func ownKind(_ invocation: Invocation) throws(UsageError) -> Image.Kind? {
    switch invocation.value("--kind") {
    case nil: return nil
    case "upload": return .upload
    case "portrait": return .portrait
    case "header": return .header
    case let word?:
      throw UsageError(
        "--kind takes upload, portrait or header, not \(word.escaped).", seeHelpOf: invocation.line.names)
    }
  }
}
