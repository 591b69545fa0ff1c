import Wire

extension Route {
  static let callCancel = immediate(CallCancel.self) { params, call in
    .init(cancelled: call.session?.cancel(params.id) ?? false)
  }
}
