import Roost
import RoostHTTP

/// Carries a contract's calls by gRPC, over connections that it keeps.
public final class GRPCTransport: CallTransport {
    public let codec: any CallCodec = MessageCodec()
    /// The most bytes of a message that is answered: 16 MiB.
    public static let replyLimit = 16 << 20

    private let connections: ConnectionSet
    private let identity: ServiceIdentity

    /// - Parameters:
    ///   - address: where the contract is served.
    ///   - identity: who calls.
    public init(to address: HTTPAddress, as identity: ServiceIdentity, _ configuration: HTTP2Connection.Configuration = .init()) {
        connections = ConnectionSet(address, configuration)
        self.identity = identity
    }

    public func close() { connections.close() }

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
    /// A caller by gRPC.
    public static func grpc(
        to address: HTTPAddress, as identity: ServiceIdentity, _ configuration: HTTP2Connection.Configuration = .init()
    ) -> ServiceCaller {
        ServiceCaller(GRPCTransport(to: address, as: identity, configuration))
    }
}
