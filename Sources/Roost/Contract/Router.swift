/// Finds the endpoint for a method and a path: a tree of path segments, literals before placeholders.
public struct Router: Sendable {
    /// What a look-up found.
    public enum Match: Sendable {
        case found(Endpoint, parameters: [(name: String, value: String)])
        /// The path is known, for these methods.
        case methodNotAllowed([Method])
        case notFound
    }

    private var root = Node()
    /// By the path of the remote procedure.
    private var procedures: [String: Endpoint] = [:]

    /// - Throws: a `ConfigurationError` that names every two endpoints that answer the same method and path, or are the same procedure, and
    ///   every one that takes idempotency keys and whose answers nothing remembers.
    public init(_ endpoints: [Endpoint]) throws(ConfigurationError) {
        let collisions = endpoints.compactMap { add($0)?.description }
        let forgetful = endpoints.filter(\.lacksMemory).map { endpoint in
            "\(endpoint.route.operation) takes an Idempotency-Key, and there is no store to keep answers in: "
                + "run it in a System, or wrap its endpoints by `rememberingAnswers(in:)` of RoostStore"
        }
        try ConfigurationError.check(collisions + forgetful)
    }

    private init() {}

    /// What is wrong with endpoints that are to be one router's, a line for every two that cannot be told apart.
    public static func faults(of endpoints: [Endpoint]) -> [String] {
        var router = Router()
        return endpoints.compactMap { router.add($0)?.description }
    }

    private mutating func add(_ endpoint: Endpoint) -> RouteCollision? {
        if let other = root.insert(endpoint, endpoint.route.path.segments[...]) { return RouteCollision(other, endpoint, .path) }
        guard endpoint.isProcedure else { return nil }
        return procedures.updateValue(endpoint, forKey: endpoint.route.procedure).map { RouteCollision($0, endpoint, .procedure) }
    }

    /// - Parameter path: absolute, percent-encoded.
    public func match(_ method: Method, _ path: String) -> Match {
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

    /// The endpoint of a remote procedure.
    /// - Parameter path: `/orders.Orders/Place`.
    public func endpoint(ofProcedure path: String) -> Endpoint? { procedures[path] }

    /// Answers requests by the codec that each bears. The endpoint is found first, once, and then the request passes through the
    /// middleware, which may know the route. A request for which there is no endpoint passes through it too.
    ///
    /// What the program has bootstrapped to trace and measure calls observes them from here, and each request is a line of the log.
    /// - Parameters:
    ///   - middleware: outermost first.
    ///   - fallback: the codec of a request that bears none.
    public func responder(through middleware: [any Middleware], fallback: any CallCodec) -> Responder {
        let last = middleware.around { request, context in
            if let endpoint = request.endpoint { return try await endpoint.respond(to: request, in: context) }
            return try (request.codec ?? fallback).answer(unknown: request, in: self)
        }
        let observers = [any Interceptor].telemetry()
        return { request, context in
            var request = request, context = context
            let codec = request.codec ?? fallback
            request.codec = codec
            request.endpoint = codec.endpoint(for: &request, in: self)
            context.operation = request.route?.operation
            let start = ContinuousClock.now
            do {
                let response = try await observers.observe(request, context, last)
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
    /// Has a request answered, as a call that passes through these interceptors if it is for a route.
    fileprivate func observe(_ request: Request, _ context: RequestContext, _ responder: @escaping Responder) async throws -> Response {
        guard !isEmpty, let route = request.route else { return try await responder(request, context) }
        let call = CallInfo(route, .inbound, context: context, peer: request.remoteAddress, request: request)
        return try await run(call) { call in try await responder(call.request ?? request, call.context) }
    }
}

extension Router {
    private final class Leaf: Sendable {
        let endpoints: [Method: Endpoint]
        let allowed: [Method]

        init(_ endpoints: [Method: Endpoint]) {
            self.endpoints = endpoints
            var methods = Set(endpoints.keys)
            if methods.contains(.get) { methods.insert(.head) }
            allowed = methods.sorted { $0.rawValue < $1.rawValue }
        }
    }

    private struct Node: Sendable {
        /// By the text that a segment stands for, however it is percent-encoded.
        var literals: [Substring: Node] = [:]
        var placeholder: [Node] = []
        var rest: Leaf?
        var leaf: Leaf?

        /// - Returns: the endpoint that answers there already, if one does.
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

        /// The text that a segment stands for; the segment itself where that is none, or not the only spelling of itself: as it has a
        /// percent sign, no literal is it then.
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
