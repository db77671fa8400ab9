/// One call, as an interceptor sees it: the same shape for a call that comes in, one that goes out, and one within the process.
public struct CallInfo: Sendable {
    /// Which way a call goes.
    public enum Direction: Hashable, Sendable {
        /// It came over a wire.
        case inbound
        /// It leaves over a wire.
        case outbound
        /// It is a function call to a service in this process.
        case local
    }

    /// The operation that is called.
    public let route: Route
    /// What travels with the call. Interceptors and the callee that come after see it as it is changed here.
    public var context: RequestContext
    public let direction: Direction
    /// The other side's address: of an inbound call the connection's peer, of an outbound call the callee; `nil` where there is no network.
    public let peer: String?
    /// The call as its wire carries it; `nil` where nothing is written, because a function is called.
    public var request: Request?

    /// Creates a description of a call.
    public init(
        _ route: Route, _ direction: Direction, context: RequestContext = .current, peer: String? = nil, request: Request? = nil
    ) {
        self.route = route
        self.direction = direction
        self.context = context
        self.peer = peer
        self.request = request
    }
}
