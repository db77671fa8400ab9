import NIOCore
import NIOPosix
import NIOSSL

/// Passes the bytes of a channel to the handshake and then to the connection, and does what the handshake asks for.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case starting(Handshake)
        case ready
        case closed
    }

    private var phase: Phase
    private let connection: PostgresConnection
    private let credentials: Credentials
    private let addTLS: (() throws -> NIOSSLClientHandler)?
    private let ready: EventLoopPromise<NIOLoopBound<PostgresConnection>>
    /// The beginning of a message that has not arrived completely.
    private var partial: ByteBuffer?
    private var context: ChannelHandlerContext?

    private init(_ connection: PostgresConnection, _ credentials: Credentials, addTLS: (() throws -> NIOSSLClientHandler)?) {
        self.connection = connection
        self.credentials = credentials
        self.addTLS = addTLS
        ready = connection.loop.makePromise()
        phase = .starting(Handshake(credentials, asksForTLS: addTLS != nil))
    }

    /// Adds a handler to the channel of a connection, on its event loop.
    /// - Parameter addTLS: Makes the handler for TLS; `nil` to connect without.
    /// - Returns: The connection, once it can be used, or a `HandshakeFailure`.
    static func add(
        _ connection: PostgresConnection, _ credentials: Credentials, addTLS: (() throws -> NIOSSLClientHandler)?
    ) throws -> EventLoopFuture<NIOLoopBound<PostgresConnection>> {
        let handler = ConnectionHandler(connection, credentials, addTLS: addTLS)
        do {
            try connection.channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            handler.fail(.network(error))
            throw error
        }
        return handler.ready.futureResult
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// The channel is gone. If it never became active, nothing has said so before.
    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.network(ChannelError.eof))
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        guard case .starting(let handshake) = phase else { return }
        context.writeAndFlush(wrapOutboundOut(handshake.start()), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if var begun = partial.take() {
            // Only what a read has cut off is copied.
            begun.writeBuffer(&buffer)
            buffer = begun
        }
        do {
            try consume(&buffer)
        } catch let failure as HandshakeFailure {
            return fail(failure)
        } catch {
            return fail(.violation("\(error)"))
        }
        if buffer.readableBytes > 0, connection.isOpen { partial = buffer }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.network(ChannelError.eof))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(.network(error)) }

    private func consume(_ buffer: inout ByteBuffer) throws {
        if case .starting(let handshake) = phase, handshake.awaitsTLSReply {
            guard let reply = buffer.readInteger(as: UInt8.self) else { return }
            try receive(tlsReply: reply, isAlone: buffer.readableBytes == 0)
        }
        try buffer.readWithUnsafeReadableBytes { bytes in
            var offset = 0
            while connection.isOpen, let message = try BackendMessage.next(in: bytes, at: &offset, limit: limit) { try take(message) }
            return offset
        }
    }

    private var limit: Int { if case .ready = phase { BackendMessage.mostBytes } else { BackendMessage.mostBytesAtStart } }

    @inline(__always)
    private func take(_ message: BackendMessage) throws {
        switch phase {
        case .ready: try connection.receive(message)
        case .starting(var handshake):
            let action = try handshake.receive(message) { certificateHash }
            phase = .starting(handshake)
            try perform(action)
        case .closed: break
        }
    }
}

extension ConnectionHandler {
    private func receive(tlsReply reply: UInt8, isAlone: Bool) throws {
        guard case .starting(var handshake) = phase else { return }
        let action = try handshake.receive(tlsReply: reply, isAlone: isAlone)
        phase = .starting(handshake)
        try perform(action)
    }

    private func perform(_ action: Handshake.Action) throws {
        guard let context else { return }
        switch action {
        case .none: break
        case .send(let buffer): context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        case .startTLS:
            guard let addTLS, case .starting(let handshake) = phase else { return }
            try context.pipeline.syncOperations.addHandler(try addTLS(), position: .before(self))
            // It is sent once the TLS handshake is over.
            context.writeAndFlush(wrapOutboundOut(handshake.start()), promise: nil)
        case .derive(let challenge): derive(challenge, context)
        case .finish(let session):
            phase = .ready
            connection.begin(session)
            ready.succeed(NIOLoopBound(connection, eventLoop: connection.loop))
        }
    }

    /// Derives the proof on a thread that may compute.
    private func derive(_ challenge: SCRAM.Challenge, _ context: ChannelHandlerContext) {
        let password = credentials.password ?? "", this = NIOLoopBound(self, eventLoop: context.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) {
            try SCRAM.Proof.derive(challenge, password: password)
        }.whenComplete { result in
            this.value.prove(result)
        }
    }

    private func prove(_ result: Result<SCRAM.Proof, any Error>) {
        guard case .starting(var handshake) = phase else { return }
        do {
            let action = handshake.prove(try result.get())
            phase = .starting(handshake)
            try perform(action)
        } catch {
            fail(.network(error))
        }
    }

    /// The hash of the server's certificate, if the connection is secured.
    private var certificateHash: [UInt8]? {
        guard let handler = try? context?.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self) else { return nil }
        return handler.peerCertificate.flatMap { try? $0.toDERBytes() }.flatMap(CertificateHash.serverEndPoint)
    }

    private func fail(_ failure: HandshakeFailure) {
        let isStarting = if case .starting = phase { true } else { false }
        phase = .closed
        if isStarting { ready.fail(failure) }
        connection.close(failure)
    }
}
