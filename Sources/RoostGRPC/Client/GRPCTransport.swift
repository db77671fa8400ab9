import Roost
import RoostHTTP

/// Sends the calls of a contract with gRPC, over connections that it keeps.
public final class GRPCTransport: CallTransport {
    /// Writes calls as messages of Protocol Buffers.
    public let codec: any CallCodec = MessageCodec()
    /// The largest message of a reply: 16 MiB.
    public static let replyLimit = 16 << 20

    private let connections: ConnectionSet
    private let identity: ServiceIdentity

    /// The name in the identity, if it has the service key.
    public var serviceName: String? { identity.serviceName }

    /// Creates a transport.
    /// - Parameters:
    ///   - address: The address of the service.
    ///   - identity: The calling service.
    ///   - configuration: The time limits and the security of the connections.
    public init(to address: HTTPAddress, as identity: ServiceIdentity, _ configuration: HTTP2Connection.Configuration = .init()) {
        connections = ConnectionSet(address, configuration)
        self.identity = identity
    }

    /// Lets the calls in progress end, and closes the connections.
    public func close() { connections.close() }

    /// Sends a call once, and returns its reply.
    /// - Throws: A `TransportError` if no reply came; the `Problem` that the service replied with.
    public func send(_ request: Request, for call: CallInfo) async throws -> Response {
        let deadline = call.context.deadline
        let response = try await connection(by: deadline).send(try framed(request, call.context), deadline: deadline)
        return try await Self.reply(in: response, to: call.route)
    }

    private func connection(by deadline: ContinuousClock.Instant?) async throws(TransportError) -> HTTP2Connection {
        do { return try await connections.connection(by: deadline) } catch { throw TransportError(notSent: error) }
    }

    private func framed(_ request: Request, _ context: RequestContext) throws(TransportError) -> Request {
        var framed = request
        framed.headers.add(context, from: identity)
        framed.headers["content-type"] = "application/grpc"
        framed.headers["te"] = "trailers"
        framed.headers["grpc-encoding"] = nil
        framed.headers["grpc-accept-encoding"] = MessageEncoding.accepted
        do throws(Problem) {
            framed.headers["grpc-timeout"] = try context.timeLeft().map(CallTimeout.format)
        } catch {
            throw TransportError(refused: error)
        }
        switch request.body {
        case .bytes(let message): framed.body = .bytes(MessageFrame.encode(message))
        case .stream(let messages, _):
            framed.body = .stream(MessageStream(messages).mapped { MessageFrame.encode($0) }, length: nil)
        }
        return framed
    }
}

extension ServiceCaller {
    /// Returns a caller that uses gRPC.
    public static func grpc(
        to address: HTTPAddress, as identity: ServiceIdentity, _ configuration: HTTP2Connection.Configuration = .init()
    ) -> ServiceCaller {
        ServiceCaller(GRPCTransport(to: address, as: identity, configuration))
    }
}
