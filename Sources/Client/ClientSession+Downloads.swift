import Base
import FoundationEssentials
import Model
import Wire

/// `{download, bytes}`: a result that did not fit into a line. No result of the contract has just these two members.
struct DownloadOffer: Decodable {
  let download: String
  let bytes: Int64

  init?(in json: Data) {
    // An offer is short; whatever is longer need not be read twice.
    guard json.count < 256, let offer = try? JSONDecoder().decode(DownloadOffer.self, from: json) else {
      return nil
    }
    self = offer
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    download = try container.decode(String.self, forKey: AnyKey("download"))
    bytes = try container.decode(Int64.self, forKey: AnyKey("bytes"))
    guard container.allKeys.count == 2 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an offer is expected"))
    }
  }
}

/// The pieces of a large result so far. Never holds more than was announced.
struct DownloadAssembly: Sendable {
  let download: String
  let bytes: Int64
  var data = Data()
}

extension ClientSession {
  mutating func beginDownload(of number: Int64, _ offer: DownloadOffer, _ actions: inout [Action]) {
    guard offer.bytes >= 0, offer.bytes <= options.maxDownloadBytes else {
      let error = ClientError.resultTooLarge(bytes: offer.bytes, limit: options.maxDownloadBytes)
      finish(number, .failure(error), &actions)
      return
    }
    calls[number]?.assembly = DownloadAssembly(download: offer.download, bytes: offer.bytes)
    askForPiece(of: number, &actions)
  }

  mutating func askForPiece(of number: Int64, _ actions: inout [Action]) {
    guard let assembly = calls[number]?.assembly else { return }
    let params = DownloadRead.Params(download: assembly.download, offset: Int64(assembly.data.count))
    sendInternal(DownloadRead.self, params, as: .piece(of: number), &actions)
  }

  mutating func pieceCame(
    of number: Int64, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    // Nobody waits for it any more.
    guard let call = calls[number], call.assembly != nil else { return }
    switch outcome {
    case .failure(let error):
      // Another run of the daemon, which does not know the download: the call itself may be made again.
      if error.code == .notFound, call.mayRepeat, call.sendings < options.maxSendings {
        calls[number]?.assembly = nil
        transmit(number, &actions)
      } else {
        finish(number, .failure(.daemon(error)), &actions)
      }
    case .success(let json):
      guard let piece = decode(json, as: DownloadRead.self, &actions) else { return }
      append(piece, to: number, &actions)
    }
  }

  private mutating func append(
    _ piece: DownloadRead.Result, to number: Int64, _ actions: inout [Action]
  ) {
    guard let call = calls[number], var assembly = call.assembly else { return }
    // One owner of the bytes at a time, or each piece would copy all before it.
    calls[number]?.assembly = nil
    assembly.data.append(piece.data)
    let have = Int64(assembly.data.count)
    let isWhole = piece.next == nil && have == assembly.bytes
    let goesOn = piece.next == have && have < assembly.bytes && !piece.data.isEmpty
    guard isWhole || goesOn else {
      let detail = "\(have) of \(assembly.bytes) bytes, next \(piece.next.map { String($0) } ?? "none")"
      fail(.nonsense(method: DownloadRead.name, detail: detail), &actions)
      return
    }
    if isWhole {
      finish(number, .success(Reply(method: call.method, json: assembly.data)), &actions)
    } else {
      calls[number]?.assembly = assembly
      askForPiece(of: number, &actions)
    }
  }
}
