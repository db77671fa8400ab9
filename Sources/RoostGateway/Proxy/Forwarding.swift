import Roost
import RoostHTTP

/// Passes requests on to another process as they are, but for what belongs to the connection alone.
public struct Forwarding: Sendable {
    private let name: String
    private let client: HTTPClient
    private let address: HTTPAddress

    /// - Parameter name: the service's name, for the problem that says it is down.
    public init(to name: String, at address: HTTPAddress, by client: HTTPClient) {
        self.name = name
        self.address = address
        self.client = client
    }

    /// - Throws: a `Problem`: 503 with `Retry-After` where nothing answers at the address, 504 past the deadline.
    @Sendable
    public func respond(to request: Request, in context: RequestContext) async throws -> Response {
        var outgoing = request
        // The server takes the content from an answer to HEAD and leaves its length, which only GET tells.
        if request.method == .head { outgoing.method = .get }
        outgoing.headers = forwarded(request, in: context)
        do {
            var response = try await client.send(outgoing, to: address, deadline: context.deadline)
            response.headers = ConnectionHeaders.removed(from: response.headers)
            return response
        } catch let problem as Problem where problem.status == .unavailable {
            context.logger.warning("\(name) is down", metadata: ["request": "\(context.requestID)", "cause": "\(problem)"])
            throw Problem.unavailable("The service \(name) is down for the moment.")
        }
    }

    /// The request's fields, with what the hops before and the context say of it (X-Forwarded-For as all proxies write it).
    private func forwarded(_ request: Request, in context: RequestContext) -> Headers {
        var headers = ConnectionHeaders.removed(from: request.headers)
        headers["x-request-id"] = context.requestID
        if let trace = context.trace { headers["traceparent"] = trace.child().traceparent }
        if let deadline = context.deadline {
            let left = ContinuousClock.now.duration(to: deadline).components
            headers["x-request-timeout-ms"] = String(max(1, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))
        }
        if let peer = request.remoteAddress {
            headers["x-forwarded-for"] = (request.headers.values("x-forwarded-for") + [peer]).joined(separator: ", ")
        }
        return headers
    }
}

/// The fields that speak of one connection and must not be passed on (RFC 9110 §7.6.1).
enum ConnectionHeaders {
    private static let names: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "content-length", "expect",
    ]

    static func removed(from headers: Headers) -> Headers {
        let named = headers.values("connection").flatMap { $0.split(separator: ",") }.map { $0.lowercased().filter { $0 != " " } }
        let dropped = named.isEmpty ? names : names.union(named)
        return Headers(headers.fields.filter { !dropped.contains($0.name.lowercased()) })
    }
}
