import NIOCore
import Roost

/// Sends a request's streamed body as fast as the server accepts it.
struct BodySender: Sendable {
    let body: Body
    let framing: MessageFraming
    /// The number of the exchange on its connection.
    let number: Int
    let connection: NIOLoopBound<ClientConnection>

    func run() async {
        do {
            try await sendPieces()
            connection.eventLoop.execute { connection.value.endSending(framing, number) }
        } catch {
            connection.eventLoop.execute { connection.value.failSending(error, number) }
        }
    }

    private func sendPieces() async throws {
        guard case .stream(let stream, let length) = body else { return }
        var sent = 0
        for try await piece in stream where !piece.isEmpty {
            sent += piece.count
            if let length, sent > length { throw TransportError.wrongLength }
            try await withCheckedThrowingContinuation { continuation in
                connection.eventLoop.execute { connection.value.send(piece, framing, number, continuation) }
            }
        }
        if let length, sent < length { throw TransportError.wrongLength }
    }
}
