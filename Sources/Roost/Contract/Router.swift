/// Finds the endpoint of a request in a tree of path segments, in which literals come before placeholders.
public struct Router: Sendable {
    /// The result of a lookup.
    public enum Match: Sendable {
        /// The endpoint that answers the request, and the path's parameters, percent-decoded.
        case found(Endpoint, parameters: [(name: String, value: String)])
        /// Endpoints with these methods have the path.
        case methodNotAllowed([RequestMethod])
        /// No endpoint has the path.
        case notFound
    }

    private var root = Node()
    /// The endpoints by the paths of their remote procedures.
    private var procedures: [String: Endpoint] = [:]

    /// Creates a router.
    /// - Throws: A `ConfigurationError` that names all endpoints that have the same method and path or the same procedure, and all that
    ///   accept idempotency keys without storing their responses.
    public init(_ endpoints: [Endpoint]) throws(ConfigurationError) {
        let collisions = endpoints.compactMap { add($0)?.description }
        let forgetful = endpoints.filter(\.lacksMemory).map { endpoint in
            "\(endpoint.route.operation) accepts an Idempotency-Key, but there is no store for its responses: "
                + "run it in a `ServiceSystem`, or wrap its endpoints with `rememberingResponses(in:)` of RoostIdempotency"
        }
        try ConfigurationError.check(collisions + forgetful)
    }

    private init() {}

    /// Returns the faults of a set of endpoints, one line for any two that cannot be told apart.
    public static func faults(of endpoints: [Endpoint]) -> [String] {
        var router = Router()
        return endpoints.compactMap { router.add($0)?.description }
    }

    private mutating func add(_ endpoint: Endpoint) -> RouteCollision? {
        if let other = root.insert(endpoint, endpoint.route.path.segments[...]) { return RouteCollision(other, endpoint, .path) }
        guard endpoint.isProcedure else { return nil }
        return procedures.updateValue(endpoint, forKey: endpoint.route.procedure).map { RouteCollision($0, endpoint, .procedure) }
    }

    /// Finds the endpoint for a method and a path.
    /// - Parameters:
    ///   - method: The request method.
    ///   - path: The path, absolute and percent-encoded.
    public func match(_ method: RequestMethod, _ path: String) -> Match {
        var values: [Substring] = []
        guard let leaf = root.find(path.utf8[...], &values) else { return .notFound }
        guard let endpoint = leaf.endpoints[method] ?? (method == .head ? leaf.endpoints[.get] : nil) else {
            return .methodNotAllowed(leaf.allowed)
        }
        guard !values.isEmpty else { return .found(endpoint, parameters: []) }
        var parameters: [(name: String, value: String)] = []
        for (name, value) in zip(endpoint.route.path.placeholders, values) {
            guard let text = PercentCoding.decode(value.utf8) else { return .notFound }
            parameters.append((name, text))
        }
        return .found(endpoint, parameters: parameters)
    }

    /// Returns the endpoint of a remote procedure.
    /// - Parameter path: The path, such as `/orders.Orders/Place`.
    public func endpoint(ofProcedure path: String) -> Endpoint? { procedures[path] }

    /// Returns a responder that answers requests by their codecs. The endpoint is found first, and the request then passes through the
    /// middleware, which can see the route. Requests without an endpoint pass through it too.
    ///
    /// The tracer and the metrics that the program has bootstrapped observe the calls from here, and each request is logged.
    /// - Parameters:
    ///   - middleware: The middleware, outermost first.
    ///   - fallback: The codec of a request that has none.
    public func responder(through middleware: [any Middleware], fallback: any CallCodec) -> Responder {
        let last = middleware.around { request, context in
            if let endpoint = request.endpoint { return try await endpoint.respond(to: request, in: context) }
            return try (request.codec ?? fallback).answer(unknown: request, in: self)
        }
        let observers = [any Interceptor].telemetry()
        return { request, context in
            var request = request, context = context
            let codec = request.codec ?? fallback
            if request.codec == nil { request.codec = codec }
            request.endpoint = codec.endpoint(for: &request, in: self)
            context.operation = request.route?.operation
            let start = ContinuousClock.now
            do {
                let response =
                    observers.isEmpty ? try await last(request, context) : try await observers.observe(request, context, last)
                AccessLog.note(response.status, of: request, in: context, since: start)
                return response
            } catch {
                AccessLog.note(CallOutcome.status(of: error, in: context), of: request, in: context, since: start)
                throw error
            }
        }
    }
}

extension [any Interceptor] {
    /// Answers a request, as a call through the observing interceptors if it has a route.
    fileprivate func observe(_ request: Request, _ context: RequestContext, _ responder: @escaping Responder) async throws -> Response {
        guard let route = request.route else { return try await responder(request, context) }
        let call = CallInfo(route, .inbound, context: context, peer: request.remoteAddress, request: request)
        // What the middleware asks for belongs to the call's span too.
        return try await run(call) { call in try await call.context.run { try await responder(call.request ?? request, call.context) } }
    }
}

extension Router {
    private final class Leaf: Sendable {
        let endpoints: [RequestMethod: Endpoint]
        let allowed: [RequestMethod]

        init(_ endpoints: [RequestMethod: Endpoint]) {
            self.endpoints = endpoints
            var methods = Set(endpoints.keys)
            if methods.contains(.get) { methods.insert(.head) }
            allowed = methods.sorted { $0.rawValue < $1.rawValue }
        }
    }

    private struct Node: Sendable {
        /// The nodes by the decoded text of a segment.
        var literals: [Substring: Node] = [:]
        var placeholder: [Node] = []
        var rest: Leaf?
        var leaf: Leaf?

        /// Adds an endpoint.
        /// - Returns: The endpoint that already has the same path and method, if any.
        mutating func insert(_ endpoint: Endpoint, _ segments: ArraySlice<PathPattern.Segment>) -> Endpoint? {
            switch segments.first {
            case nil: return Self.add(endpoint, to: &leaf)
            case .literal(let text):
                let key = Substring(PercentCoding.decode(text.utf8) ?? text)
                return literals[key, default: Node()].insert(endpoint, segments.dropFirst())
            case .placeholder:
                if placeholder.isEmpty { placeholder.append(Node()) }
                return placeholder[0].insert(endpoint, segments.dropFirst())
            case .rest: return Self.add(endpoint, to: &rest)
            }
        }

        /// Returns the decoded text of a segment. A segment that cannot be decoded, or has another spelling, is returned unchanged: it
        /// contains a percent sign, so no literal equals it.
        private static func decoded(_ segment: Substring) -> Substring {
            guard let text = PercentCoding.decode(segment.utf8), text.isComposed else { return segment }
            return text[...]
        }

        func find(_ path: Substring.UTF8View, _ values: inout [Substring]) -> Leaf? {
            let slash = UInt8(ascii: "/")
            let path = path.drop { $0 == slash }
            guard !path.isEmpty else { return leaf ?? rest }
            var isEncoded = false
            let segment = Substring(
                path.prefix {
                    if $0 == UInt8(ascii: "%") { isEncoded = true }
                    return $0 != slash
                })
            let others = path[segment.endIndex...]
            let literal = isEncoded ? Self.decoded(segment) : segment
            if let leaf = literals[literal]?.find(others, &values) { return leaf }
            if let child = placeholder.first {
                values.append(segment)
                if let leaf = child.find(others, &values) { return leaf }
                values.removeLast()
            }
            if rest != nil { values.append(path.split(separator: slash).map(Substring.init).joined(separator: "/")[...]) }
            return rest
        }

        private static func add(_ endpoint: Endpoint, to leaf: inout Leaf?) -> Endpoint? {
            var endpoints = leaf?.endpoints ?? [:]
            if let other = endpoints[endpoint.route.method] { return other }
            endpoints[endpoint.route.method] = endpoint
            leaf = Leaf(endpoints)
            return nil
        }
    }
}

extension PathPattern {
    /// The placeholders' names, in order.
    public var placeholders: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .placeholder(let name), .rest(let name): name
            }
        }
    }
}
