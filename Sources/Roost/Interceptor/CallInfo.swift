/// One call, as an interceptor sees it: an inbound call, an outbound call or a call within the process.
public struct CallInfo: Sendable {
    /// Which way a call goes.
    public enum Direction: Hashable, Sendable {
        /// The call came over a network.
        case inbound
        /// The call leaves over a network.
        case outbound
        /// The call is a function call to a service in this process.
        case local
    }

    /// The operation that is called.
    public let route: Route
    /// The context of the call. Changes are seen by the interceptors that follow and by the callee.
    public var context: RequestContext
    /// Which way the call goes.
    public let direction: Direction
    /// The address of the other side: the connection's peer for an inbound call, the callee for an outbound call; `nil` if there is no
    /// network.
    public let peer: String?
    /// The call as a request; `nil` if it is a function call.
    public var request: Request?

    /// Creates a description of a call.
    public init(
        _ route: Route, _ direction: Direction, context: RequestContext, peer: String? = nil, request: Request? = nil
    ) {
        self.route = route
        self.direction = direction
        self.context = context
        self.peer = peer
        self.request = request
    }
}
