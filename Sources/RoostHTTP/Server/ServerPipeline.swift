import Logging
import Roost

/// The path of a request through a server without a connection: its protocol and context, the middleware, the responder, and the response
/// to an error. Tests use it to send requests.
package struct ServerPipeline: Sendable {
    private let configuration: HTTPServer.Configuration
    private let logger: Logger
    private let responder: Responder

    /// Creates a pipeline.
    /// - Parameters:
    ///   - configuration: The server's configuration, of which protocols, middleware, callers and the shape of errors apply.
    ///   - logger: The logger of the calls.
    ///   - responder: The responder behind the middleware.
    package init(
        _ configuration: HTTPServer.Configuration = HTTPServer.Configuration(), logger: Logger = RequestContext.defaultLogger,
        responder: @escaping Responder
    ) {
        self.configuration = configuration
        self.logger = logger
        self.responder = configuration.carrying(responder)
    }

    /// Returns the response that a server would send. The body of a response that has none on the wire, as to HEAD, is empty.
    package func response(to request: Request) async -> Response {
        var request = request
        request.path = PercentCoding.normalized(request.path)
        let carrier = configuration.protocols.carrier(of: &request, errors: configuration.errors)
        var fields = CallFields()
        for (name, value) in request.headers.fields { fields.note(name.lowercased(), value) }
        let timeout = carrier.timeout(of: request, from: configuration.callers)
        let context = fields.context(logger: logger, at: request.remoteAddress, within: timeout)
        let exchange = Exchange(request.method, request.path, number: 0, context: context, carrier: carrier)
        do {
            let response = try await answer(request, context)
            guard response.upgrade != nil || (200..<1000).contains(response.status.code) else {
                throw TransportError.invalid(response.status)
            }
            return Self.sent(response, to: request.method, in: context)
        } catch {
            return Self.sent(exchange.response(to: error), to: request.method, in: context)
        }
    }

    private func answer(_ request: Request, _ context: RequestContext) async throws -> Response {
        guard let deadline = context.deadline else { return try await responder(request, context) }
        return try await withThrowingTaskGroup(of: Response.self) { [responder] group in
            defer { group.cancelAll() }
            group.addTask { try await responder(request, context) }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                throw Problem.overdue
            }
            guard let response = try await group.next() else { throw CancellationError() }
            return response
        }
    }

    /// The response with the header fields and the body that a client would receive.
    private static func sent(_ response: Response, to method: RequestMethod, in context: RequestContext) -> Response {
        let plan = ResponsePlan(response, to: method, isOld: false, mayKeepAlive: true)
        var sent = response
        sent.headers = Headers(response.headers.fields.filter { !ResponsePlan.isOurs($0.name) })
        if let length = plan.announcedLength { sent.headers.add("content-length", length) }
        sent.headers.add("x-request-id", context.requestID)
        if !plan.sendsBody { sent.body = .empty }
        return sent
    }
}
