import Base
import HTTP

extension PictureRun {
  /// Fetches what a provider calls a picture: from an address of its choice, which may lead nowhere in our own network unless the
  /// provider is there itself, or out of the address when it is a `data:` one. What is there must look like a picture.
  func fetch(
    _ address: [UInt8], of server: PictureServer,
    then: @escaping @Loop (Result<[UInt8], ProviderError>) -> Void
  ) {
    if address.starts(with: Array("data:".utf8)) {
      do throws(PictureFault) {
        then(.success(try PictureBytes.decode(address)))
      } catch {
        then(.failure(ProviderError(error.cause, asked: asked, detail: "it sent \(error.words)")))
      }
      return
    }
    guard address.count <= PictureFetch.maxAddressBytes else {
      return then(
        .failure(ProviderError(.malformed, asked: asked, detail: "an address of \(address.count) bytes")))
    }
    PictureFetch(self, server, then).go(to: String(decoding: address, as: UTF8.self))
  }
}

/// One picture on its way from an address, by way of a few redirects and a few tries.
@Loop
private final class PictureFetch {
  nonisolated static let maxAddressBytes = 8192
  private static let mostRedirects = 3
  /// What was made is paid for: a server that stumbles is asked again.
  private static let pauses: [Duration] = [.seconds(1), .seconds(4)]
  private static let patience = HTTPRequest.Patience(
    connect: .seconds(15), first: .seconds(60), idle: .seconds(60), total: .seconds(600))

  private unowned let run: PictureRun
  private let server: PictureServer
  private let then: @Loop (Result<[UInt8], ProviderError>) -> Void
  private var redirects = 0
  private var tries = 0

  init(
    _ run: PictureRun, _ server: PictureServer,
    _ then: @escaping @Loop (Result<[UInt8], ProviderError>) -> Void
  ) {
    self.run = run
    self.server = server
    self.then = then
  }

  func go(to url: String) {
    let configured = server.configuration.url
    let isOwn = PictureAddress.isOwn(url, of: configured)
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      return fail(.malformed, "the picture's address is none: \(url.prefix(80))")
    }
    if !isOwn {
      guard url.hasPrefix("https://") else {
        return fail(.address, "\(url.prefix(120)) is not protected by TLS")
      }
      guard !PictureAddress.isForbiddenNumber(url), !HTTPURL.isLoopback(url) else {
        return fail(.address, "\(url.prefix(120)) is in the network of this machine")
      }
    }
    // The key goes only where the orders went.
    let isSame = PictureAddress.origin(url).map { $0 == PictureAddress.origin(configured) } ?? false
    var request = HTTPRequest(.get, url, headers: isSame && redirects == 0 ? server.keyHeaders : [])
    request.addresses = isOwn ? .any : .anyoneElses
    request.maxBodyBytes = Limits.maxProviderPictureBytes
    request.patience = Self.patience
    run.call(request, of: server) { result in self.take(result, url) }
  }

  private func take(_ result: Result<PictureAnswer, HTTPError>, _ url: String) {
    switch result {
    case .failure(let error):
      let failure = ProviderError(error, asked: run.asked)
      if failure.kind == .unavailable { again(url, failure) } else { then(.failure(failure)) }
    case .success(let answer):
      switch answer.status {
      case 200..<300:
        do throws(PictureFault) {
          then(.success(try PictureBytes.checked(answer.body)))
        } catch {
          let failure = ProviderError(error.cause, asked: run.asked, detail: "it sent \(error.words)")
          // What was cut off on the way may come whole the next time.
          if error.words.hasSuffix("cut off") { again(url, failure) } else { then(.failure(failure)) }
        }
      case 301, 302, 303, 307, 308:
        redirects += 1
        guard redirects <= Self.mostRedirects else {
          return fail(.redirect, "the picture is handed round in circles")
        }
        guard let location = answer.head["location"], let next = PictureAddress.resolve(location, from: url)
        else {
          return fail(.malformed, "a redirect that leads nowhere")
        }
        go(to: next)
      case 408, 425, 429, 500...: again(url, server.failure(answer, run.task.model))
      default: fail(.gone, status: answer.status, "status \(answer.status) where the picture was")
      }
    }
  }

  private func again(_ url: String, _ failure: ProviderError) {
    guard tries < Self.pauses.count else { return then(.failure(failure)) }
    let pause = max(Self.pauses[tries], min(failure.retryAfter ?? .zero, .seconds(30)))
    tries += 1
    run.after(pause) { self.go(to: url) }
  }

  private func fail(_ cause: ProviderError.Cause, status: Int? = nil, _ detail: String) {
    then(.failure(ProviderError(cause, asked: run.asked, status: status, detail: detail)))
  }
}
