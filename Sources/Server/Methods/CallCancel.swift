import Wire

extension Route {
  static var callCancel: Route {
    immediate(CallCancel.self) { params, call in
      .init(cancelled: call.session?.cancel(params.id) ?? false)
    }
  }
}
