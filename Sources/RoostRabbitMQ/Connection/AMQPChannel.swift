import NIOCore

/// A channel of a connection. It is used on the connection's event loop only.
final class AMQPChannel {
    typealias Reply = (Result<Void, AMQPError>) -> Void

    let number: UInt16
    /// The methods that wait for a reply, oldest first. The server replies to those of a channel in order.
    private var waiting = CircularBuffer<Reply>()
    private(set) var isOpen = true
    /// Called when the channel has ended, after this side has begun to close it.
    private var onClosed: (() -> Void)?
    /// Whether methods and messages can be sent.
    var isUsable: Bool { isOpen && onClosed == nil }
    /// Called with a delivery.
    var onDelivery: (AMQPDelivery) -> Void = { _ in }
    /// Called with a message that no queue gets, before its confirmation.
    var onReturn: (AMQPReturn) -> Void = { _ in }
    /// Called with a confirmation.
    var onConfirmation: (AMQPConfirmation) -> Void = { _ in }
    /// Called when the server has ended a consumer of the channel, for example because its queue was deleted.
    var onCancel: () -> Void = {}
    /// Called once, when the channel or its connection has ended.
    var onEnd: (AMQPError) -> Void = { _ in }

    init(_ number: UInt16) { self.number = number }

    func await(_ reply: @escaping Reply) { waiting.append(reply) }

    func receiveReply() throws(AMQPFault) {
        guard let waiter = waiting.popFirst() else { throw AMQPFault("a reply belongs to no method") }
        waiter(.success(()))
    }

    /// Begins to close the channel. What else happens to it is not told any more.
    func beginClosing(_ done: @escaping () -> Void) {
        onClosed = done
        (onDelivery, onReturn, onConfirmation, onCancel, onEnd) = ({ _ in }, { _ in }, { _ in }, {}, { _ in })
    }

    func end(_ error: AMQPError) {
        guard isOpen else { return }
        isOpen = false
        // A server does not reply to everything that was sent before the close, such as the beginning of a consumer.
        while let waiter = waiting.popFirst() { waiter(.failure(error)) }
        onEnd(error)
        onClosed.take()?()
    }
}
