import Base
import Model
import Posix

/// What all connections of one owner make us hold together.
@Loop
final class OwnerAccount {
  let owner: Owner
  private let limit: Int
  private(set) var heldBytes = 0
  var connections = 0

  init(owner: Owner, limit: Int) {
    self.owner = owner
    self.limit = limit
  }

  var isExhausted: Bool { heldBytes >= limit }

  func adjust(by difference: Int) { heldBytes += difference }
}

/// A share of the account that is given back when its holder goes.
@Loop
struct Charge {
  private let account: OwnerAccount
  private var bytes = 0

  init(_ account: OwnerAccount) { self.account = account }

  mutating func set(_ now: Int) {
    guard now != bytes else { return }
    account.adjust(by: now - bytes)
    bytes = now
  }
}
