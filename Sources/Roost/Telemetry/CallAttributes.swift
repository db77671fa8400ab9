/// The attributes of a call by OpenTelemetry's semantic conventions: those of HTTP for a request, and otherwise those of a remote
/// procedure.
struct CallAttributes {
    let name: String
    /// Whether the call is a request for a resource.
    let isHTTP: Bool
    /// The attributes with few values, for spans and metrics.
    let common: [(String, String)]

    init(_ call: CallInfo) {
        let route = call.route
        isHTTP = call.request.map { $0.path != route.procedure } ?? false
        if isHTTP {
            name = "\(route.method) \(route.path)"
            common = [
                ("http.request.method", "\(route.method)"),
                (call.direction == .outbound ? "url.template" : "http.route", route.path.description),
            ]
        } else {
            let procedure = route.procedure.dropFirst(), slash = procedure.firstIndex(of: "/") ?? procedure.endIndex
            name = String(procedure)
            common = [
                ("rpc.system", call.request?.codec?.name ?? "local"), ("rpc.service", String(procedure[..<slash])),
                ("rpc.method", String(procedure[slash...].dropFirst())),
            ]
        }
    }

    /// Returns the name of the metric for the call's duration.
    func metric(_ direction: CallInfo.Direction) -> String {
        switch (isHTTP, direction) {
        case (true, .outbound): "http.client.request.duration"
        case (true, _): "http.server.request.duration"
        case (false, .outbound): "rpc.client.duration"
        case (false, _): "rpc.server.duration"
        }
    }
}

/// How a call ended.
enum CallOutcome {
    /// Returns the status of a reply: the status of its response, or the route's for a value.
    static func status<Reply>(of reply: Reply, to call: CallInfo) -> Status { (reply as? Response)?.status ?? call.route.status }

    /// Returns the status that represents an error.
    static func status(of error: any Error, in context: RequestContext) -> Status {
        switch error {
        case let problem as Problem: problem.answer.status
        case let error as any ProblemConvertible: error.problem.status
        case let failure as TransportError: failure.cause.map { status(of: $0, in: context) } ?? .internalError
        case is CancellationError: context.deadline.map { $0 <= .now } ?? false ? .gatewayTimeout : 499
        default: .internalError
        }
    }
}
