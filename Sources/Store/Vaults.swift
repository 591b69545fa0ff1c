import Base
package import Model

/// Every owner's vault, opened when first asked for. Any thread may call.
package final class Vaults: Sendable {
  /// Where an owner's folder is.
  package enum Layout: Sendable {
    /// A daemon of one person: the data folder is the vault.
    case single(Owner)
    /// A daemon for the machine: one folder a uid.
    case byUID
  }

  private typealias Waiter = CheckedContinuation<Result<Vault, StoreError>?, Never>

  private enum Entry {
    case opening([Waiter])
    case open(Vault)
  }
  private struct State {
    var entries: [Owner: Entry] = [:]
    var closed = false
    var prepare: Preparation?
  }

  /// What is done with a vault that was opened, before anybody gets it.
  package typealias Preparation = @Sendable (Vault, Owner) async throws(StoreError) -> Void

  private let path: String
  private let layout: Layout
  private let environment: VaultEnvironment
  private let state = Lock(State())

  package init(_ path: String, _ layout: Layout, _ environment: VaultEnvironment) {
    self.path = path
    self.layout = layout
    self.environment = environment
  }

  /// To be said once, before the first vault is opened. A vault that cannot be prepared is not opened; the next call tries again.
  package func whenOpened(_ prepare: @escaping Preparation) { state.withLock { $0.prepare = prepare } }

  /// The vault when it is open already, without a suspension: what a call on the loop tries first.
  package func opened(_ owner: Owner) -> Vault? {
    state.withLock { state in
      guard case .open(let vault) = state.entries[owner] else { return nil }
      return vault
    }
  }

  package var all: [Vault] {
    state.withLock { state in
      state.entries.values.compactMap { entry in
        guard case .open(let vault) = entry else { return nil }
        return vault
      }
    }
  }

  /// Opens the vault, or waits for whoever is opening it. A failure is everybody's who waited; the next call tries again.
  package func vault(for owner: Owner) async throws(StoreError) -> Vault {
    if let vault = opened(owner) { return vault }
    // Nil when it falls to this call to open it.
    let found = await withCheckedContinuation { (waiter: Waiter) in
      let answer: Result<Vault, StoreError>?? = state.withLock { state in
        if state.closed { return .some(.failure(.closed)) }
        switch state.entries[owner] {
        case .open(let vault): return .some(.success(vault))
        case .opening(let waiters):
          state.entries[owner] = .opening(waiters + [waiter])
          return .none
        case nil:
          state.entries[owner] = .opening([])
          return .some(nil)
        }
      }
      if let answer { waiter.resume(returning: answer) }
    }
    if let found { return try found.get() }
    return try await open(owner).get()
  }

  private func open(_ owner: Owner) async -> Result<Vault, StoreError> {
    var result: Result<Vault, StoreError>
    do throws(StoreError) {
      result = .success(
        try await prepared(Vault.open(try folder(of: owner), owner: owner, environment), owner))
    } catch {
      result = .failure(error)
    }
    let (waiters, late) = state.withLock { state -> ([Waiter], Bool) in
      guard case .opening(let waiters) = state.entries[owner] else {
        preconditionFailure("nobody else opens it")
      }
      state.entries[owner] = if case .success(let vault) = result, !state.closed { .open(vault) } else { nil }
      return (waiters, state.closed)
    }
    if late, case .success(let vault) = result {
      await vault.close()
      result = .failure(.closed)
    }
    for waiter in waiters { waiter.resume(returning: result) }
    return result
  }

  private func prepared(_ vault: Vault, _ owner: Owner) async throws(StoreError) -> Vault {
    do throws(StoreError) {
      try await state.withLock { $0.prepare }?(vault, owner)
    } catch {
      await vault.close()
      throw error
    }
    return vault
  }

  private func folder(of owner: Owner) throws(StoreError) -> String {
    switch layout {
    case .single(let only):
      guard owner == only else { throw .refused(path: path, reason: "it is not uid \(owner)'s") }
      return path
    case .byUID:
      try VaultDirectory.makePrivate(path, log: environment.log)
      return "\(path)/\(owner)"
    }
  }

  /// Closes all of them; none can be opened any more.
  package func close() async {
    let open = state.withLock { state in
      state.closed = true
      let open = state.entries.values.compactMap { entry -> Vault? in
        guard case .open(let vault) = entry else { return nil }
        return vault
      }
      state.entries = state.entries.filter { if case .opening = $0.value { true } else { false } }
      return open
    }
    for vault in open { await vault.close() }
  }
}
