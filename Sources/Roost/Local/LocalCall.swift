import Logging

/// One call of a function in this process, which differs from a call over a network in speed only.
///
/// The callee runs in a task of its own, started immediately on the caller's thread. It sees none of the caller's task-locals, and the
/// caller does not wait for it after the deadline or a cancellation. The callee is cancelled then, as it would be over a network.
struct LocalCall<API: Sendable>: Sendable {
    let route: Route
    let callee: LocalCallee<API>

    /// Calls a function.
    /// - Throws: The `Problem` that the callee threw, or the one that replaces another error; a `Problem` with status 504 after the
    ///   deadline; a `CancellationError`.
    func run<Reply: Sendable>(_ function: @escaping @Sendable (API) async throws -> Reply) async throws -> Reply {
        try await perform { service, endpoint, call in
            try await endpoint.run(call) { call in
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

    /// Makes a call that is written as a request, because its response is stored under an idempotency key.
    func run(_ request: Request) async throws -> Response {
        try await perform { _, endpoint, call in try await endpoint.respond(to: request, in: call.context) }
    }

    private func perform<Reply: Sendable>(
        _ body: @escaping @Sendable (LocalService<API>, Endpoint, CallInfo) async throws -> Reply
    ) async throws -> Reply {
        try Task.checkCancellation()
        let caller = RequestContext.currentOrNew
        if callee.interceptors.isEmpty { return try await perform(for: caller, body) }
        do {
            return try await callee.interceptors.run(CallInfo(route, .local, context: caller)) { try await perform(for: $0.context, body) }
        } catch let failure as TransportError {
            // An interceptor has refused the call.
            guard let problem = failure.thrown as? Problem else { throw failure.thrown }
            throw problem.told(of: route)
        }
    }

    private func perform<Reply: Sendable>(
        for caller: RequestContext, _ body: @escaping @Sendable (LocalService<API>, Endpoint, CallInfo) async throws -> Reply
    ) async throws -> Reply {
        do throws(Problem) { _ = try caller.timeLeft() } catch { throw error.told(of: route) }
        let service = try await callee.service(), endpoint = try service.endpoint(of: route)
        let call = CallInfo(route, .local, context: caller.passedOn(by: callee.caller, to: service.logger, for: route))
        let end = Latch()
        let task = Self.detached { () throws -> Reply in
            defer { end.open() }
            do {
                let observers = service.observers
                if observers.isEmpty { return try await body(service, endpoint, call) }
                return try await observers.run(call) { call in try await body(service, endpoint, call) }
            } catch {
                throw Problem(telling: error, of: call.route.operation, in: call.context)
            }
        }
        if !end.isOpen { try await wait(for: end, of: task, until: caller.deadline) }
        return try await task.value
    }

    /// Waits until the callee's task is about to end.
    /// - Throws: A `Problem` with status 504 if the deadline comes first; a `CancellationError` if a cancellation does. The callee is cancelled.
    private func wait<Reply: Sendable>(
        for end: Latch, of task: Task<Reply, any Error>, until deadline: ContinuousClock.Instant?
    ) async throws {
        switch await end.wait(by: deadline) {
        case .opened: break
        case .late:
            task.cancel()
            throw Problem(.gatewayTimeout).told(of: route)
        case .cancelled:
            task.cancel()
            throw CancellationError()
        }
    }

    /// Starts a task that belongs to no other: on this thread until it first waits, where the system can do that.
    private static func detached<Reply: Sendable>(_ body: @escaping @Sendable () async throws -> Reply) -> Task<Reply, any Error> {
        guard #available(macOS 26, iOS 26, watchOS 26, tvOS 26, visionOS 26, *) else { return Task.detached(operation: body) }
        return Task.immediateDetached(executorPreference: executor, operation: body)
    }

    /// The preferred executor of the caller's task, on which the callee stays.
    private static var executor: (any TaskExecutor)? {
        guard #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) else { return nil }
        return withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    }
}

extension RequestContext {
    /// Returns the context that the callee sees, which is the same as over a network: the caller and the service that it calls through, the
    /// request, its deadline, trace and client. The caller's own idempotency key is not passed on.
    func passedOn(by service: String, to logger: Logger, for route: Route) -> RequestContext {
        var context = self
        context.change { fields in
            // Over a network, the callee trusts the caller's token; without one, it knows only the service.
            fields.principal = authorization == nil || principal.kind != .account ? .service(service) : principal.through(service: service)
            if fields.principal.kind != .account { fields.validity = nil }
            fields.idempotencyKey = nil
            fields.requestDigest = nil
            fields.responseCookies = nil
            fields.trace = trace.child()
            fields.operation = route.operation
            fields.logger = logger
        }
        return context
    }
}

extension MessageStream {
    /// Returns the stream as it would arrive over a network: errors other than a `Problem` are hidden, and it ends at the call's deadline.
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
