import Roost

/// The client side of a protocol: it encodes a call, and sends it once.
public protocol CallTransport: Sendable {
    /// Writes the calls and reads the replies.
    var codec: any CallCodec { get }
    /// The name with which the calling service identifies itself; `nil` if the calls are not those of a service.
    var serviceName: String? { get }

    /// Sends a call once, and returns its reply.
    /// - Throws: A `TransportError` if no response came; the `Problem` in the response.
    func send(_ request: Request, for call: CallInfo) async throws -> Response

    /// Lets the calls in progress end, and accepts no more.
    func close()
}

extension CallTransport {
    /// Returns `nil`: the calls are not those of a service.
    public var serviceName: String? { nil }
}

/// Sends the calls of a contract over HTTP/1.1 as REST requests.
public struct RESTTransport: CallTransport {
    /// Encodes the arguments as JSON, and decodes the replies.
    public let codec: any CallCodec
    private let client: PooledHTTPClient
    private let address: HTTPAddress
    private let identity: ServiceIdentity

    /// The name in the identity, if it has the service key.
    public var serviceName: String? { identity.serviceName }

    /// Creates a transport.
    /// - Parameters:
    ///   - client: The client whose connections are used. It stays open when the transport is closed.
    ///   - address: The address at which the contract is served.
    ///   - identity: The caller.
    ///   - errors: The shape of the errors that are answered.
    public init(
        _ client: PooledHTTPClient, to address: HTTPAddress, as identity: ServiceIdentity,
        errors: any ErrorDocument.Type = ProblemDocument.self
    ) {
        codec = RESTCodec(errors: errors)
        self.client = client
        self.address = address
        self.identity = identity
    }

    /// Sends a call once, with the remaining time in `x-request-timeout-ms`.
    /// - Throws: A `TransportError` if no response came.
    public func send(_ request: Request, for call: CallInfo) async throws -> Response {
        var request = request
        request.headers.add(call.context, from: identity)
        do throws(Problem) {
            if let left = try call.context.timeLeft() {
                request.headers["x-request-timeout-ms"] = String(max(1, Int(left / .milliseconds(1))))
            }
        } catch {
            throw TransportError(refused: error)
        }
        return try await client.exchange(
            request, with: address, deadline: call.context.deadline, isAlone: call.route.streaming.contains(.request))
    }

    /// Does nothing: the client is closed by its owner.
    public func close() {}
}
