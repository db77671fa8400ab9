import Logging

/// One call of a function in this process, which differs from one over a wire in its speed and in nothing else.
///
/// The callee runs in a task of its own, begun at once on the caller's thread: it sees none of the caller's task-locals, and a caller
/// whose deadline passes or who is cancelled does not wait for it. It is cancelled then, as over a wire.
struct LocalCall<API: Sendable>: Sendable {
    let route: Route
    let callee: LocalCallee<API>

    /// Calls a function.
    /// - Throws: the `Problem` that the callee threw, or the one that stands for another error; a `Problem` with status 504 past the
    ///   deadline; `CancellationError`.
    func run<Reply: Sendable>(_ function: @escaping @Sendable (API) async throws -> Reply) async throws -> Reply {
        try await perform { service, endpoint, call in
            try await endpoint.interceptors.run(call) { call in
                try await call.context.run {
                    do {
                        return try await function(service.implementation)
                    } catch let problem as Problem where problem.callee != nil {
                        throw Problem(telling: problem, of: call.route.operation, in: call.context)
                    }
                }
            }
        }
    }

    /// Makes a call that is written, since what is kept of it under its key is.
    func run(_ request: Request) async throws -> Response {
        try await perform { _, endpoint, call in try await endpoint.respond(to: request, in: call.context) }
    }

    private func perform<Reply: Sendable>(
        _ body: @escaping @Sendable (LocalService<API>, Endpoint, CallInfo) async throws -> Reply
    ) async throws -> Reply {
        try Task.checkCancellation()
        let caller = RequestContext.current
        do throws(Problem) { _ = try caller.timeLeft() } catch { throw error.told(of: route) }
        let service = try await callee.service(), endpoint = try service.endpoint(of: route)
        let call = CallInfo(route, .local, context: caller.passedOn(by: callee.caller, to: service.logger, for: route))
        let result = FirstResult<Reply>()
        let task = Task.immediateDetached(executorPreference: Self.executor) {
            do {
                let observers = service.observers
                let reply =
                    observers.isEmpty
                    ? try await body(service, endpoint, call)
                    : try await observers.run(call) { call in try await body(service, endpoint, call) }
                result.finish(.success(reply))
            } catch {
                result.finish(.failure(Problem(telling: error, of: call.route.operation, in: call.context)))
            }
        }
        if let result = result.current { return try result.get() }
        return try await wait(for: result, of: task, until: caller.deadline)
    }

    private func wait<Reply: Sendable>(
        for result: FirstResult<Reply>, of task: Task<Void, Never>, until deadline: ContinuousClock.Instant?
    ) async throws -> Reply {
        let ticket = deadline.map { deadline in
            Deadlines.shared.add(deadline) { [route] in
                result.finish(.failure(Problem(.gatewayTimeout).told(of: route)))
                task.cancel()
            }
        }
        defer { if let ticket { Deadlines.shared.remove(ticket) } }
        return try await withTaskCancellationHandler {
            try await result.value()
        } onCancel: {
            result.finish(.failure(CancellationError()))
            task.cancel()
        }
    }

    /// The executor that the caller's task prefers, which its callee stays on.
    private static var executor: (any TaskExecutor)? {
        guard #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) else { return nil }
        return withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    }
}

extension RequestContext {
    /// What the callee of a call sees, the same as over a wire: who calls, and through which service; the request, its deadline, trace and
    /// client. An idempotency key belongs to the caller's own call.
    func passedOn(by service: String, to logger: Logger, for route: Route) -> RequestContext {
        var context = self
        // Over a wire the callee believes the caller's token, and without one knows the service alone.
        context.principal = authorization == nil || principal.kind != .account ? .service(service) : principal.through(service: service)
        if context.principal.kind != .account { context.validity = nil }
        context.idempotencyKey = nil
        context.trace = trace.child()
        context.operation = route.operation
        context.logger = logger
        return context
    }
}

extension MessageStream {
    /// The same stream as whoever asked for it over a wire would get it: errors that are no `Problem` are hidden, and it is over with the
    /// call's deadline.
    func answered(_ call: CallInfo) -> MessageStream {
        let context = call.context, operation = call.route.operation
        var stream = within(context).ending(with: context.validity).transformed { next in
            {
                do {
                    return try await next()
                } catch {
                    if error is CancellationError, Task.isCancelled { throw error }
                    throw Problem(telling: error, of: operation, in: context).answered(by: operation)
                }
            }
        }
        stream.isReplaying = isReplaying
        guard let deadline = context.deadline else { return stream }
        let late = Problem(.gatewayTimeout).told(of: call.route).answered(by: operation)
        return stream.ending(
            with: CallValidity {
                try await Task.sleep(until: deadline, clock: .continuous)
                return late
            })
    }
}
