import Roost

/// The client side of a protocol: how a call is written, and carried once.
public protocol CallTransport: Sendable {
    var codec: any CallCodec { get }

    /// Sends a call once, and returns its reply.
    /// - Throws: a `TransportError` where no answer came; the `Problem` that was answered.
    func send(_ request: Request, for call: CallInfo) async throws -> Response

    /// Lets the calls under way end, and takes no more.
    func close()
}

/// Carries a contract's calls over HTTP/1.1 by REST.
public struct RESTTransport: CallTransport {
    public let codec: any CallCodec
    private let client: HTTPClient
    private let address: HTTPAddress
    private let identity: ServiceIdentity

    /// - Parameters:
    ///   - client: whose connections are used. It stays open when the transport is closed.
    ///   - address: where the contract is served.
    ///   - identity: who calls.
    ///   - errors: The shape of the errors that are answered.
    public init(
        _ client: HTTPClient, to address: HTTPAddress, as identity: ServiceIdentity, errors: any ErrorDocument.Type = ProblemDocument.self
    ) {
        codec = RESTCodec(errors: errors)
        self.client = client
        self.address = address
        self.identity = identity
    }

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

    public func close() {}
}
