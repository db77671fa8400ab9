import NIOCore

/// The methods that this client gets (AMQP 0-9-1, the generated specification, with RabbitMQ's extensions
/// https://www.rabbitmq.com/docs/extensions).
enum AMQPMethod: Sendable {
    /// Why a connection or a channel is closed, or a message comes back.
    struct Reason: Hashable, Sendable {
        var code: UInt16
        var text: String
    }

    case connectionStart(mechanisms: String, properties: AMQPTable)
    case connectionTune(channels: UInt16, frame: UInt32, heartbeat: UInt16)
    case connectionOpenOk
    case connectionClose(Reason)
    case connectionCloseOk
    case connectionBlocked(String)
    case connectionUnblocked
    case channelFlow(Bool)
    case channelClose(Reason)
    case channelCloseOk
    case basicCancel
    case basicReturn(Reason, key: String)
    case basicDeliver(delivery: UInt64, isRedelivered: Bool, key: String)
    case basicAck(delivery: UInt64, multiple: Bool)
    case basicNack(delivery: UInt64, multiple: Bool)
    /// A reply to a method of this client, whose arguments it does not need.
    case reply
}

extension AMQPMethod {
    /// The replies that this client waits for: those to the opening of a channel, to declarations, and to what begins the consumption
    /// and the confirmation of messages.
    private static let replies: [(classID: UInt16, methodID: UInt16)] = [
        (20, 11), (40, 11), (50, 11), (50, 21), (60, 11), (60, 21), (85, 11),
    ]

    /// Reads a method from the payload of a frame.
    /// - Throws: An `AMQPFault` also if it is a method that this client never asks for.
    init(_ payload: ByteBuffer) throws(AMQPFault) {
        var reader = AMQPReader(payload)
        let (classID, methodID) = (try reader.short(), try reader.short())
        switch (classID, methodID) {
        case (10, 10):
            _ = try reader.short()
            let properties = try reader.table()
            self = .connectionStart(mechanisms: try reader.longText(), properties: properties)
        case (10, 30):
            self = .connectionTune(channels: try reader.short(), frame: try reader.long(), heartbeat: try reader.short())
        case (10, 41): self = .connectionOpenOk
        case (10, 50): self = .connectionClose(try reader.reason())
        case (10, 51): self = .connectionCloseOk
        case (10, 60): self = .connectionBlocked(try reader.shortText())
        case (10, 61): self = .connectionUnblocked
        case (20, 20): self = .channelFlow(try reader.bits() & 1 != 0)
        case (20, 40): self = .channelClose(try reader.reason())
        case (20, 41): self = .channelCloseOk
        case (60, 30): self = .basicCancel
        case (60, 50):
            let reason = AMQPMethod.Reason(code: try reader.short(), text: try reader.shortText())
            _ = try reader.shortText()
            self = .basicReturn(reason, key: try reader.shortText())
        case (60, 60):
            _ = try reader.shortText()
            let delivery = try reader.longLong(), isRedelivered = try reader.bits() & 1 != 0
            _ = try reader.shortText()
            self = .basicDeliver(delivery: delivery, isRedelivered: isRedelivered, key: try reader.shortText())
        case (60, 80): self = .basicAck(delivery: try reader.longLong(), multiple: try reader.bits() & 1 != 0)
        case (60, 120): self = .basicNack(delivery: try reader.longLong(), multiple: try reader.bits() & 1 != 0)
        default:
            guard Self.replies.contains(where: { $0 == (classID, methodID) }) else {
                throw AMQPFault("the method \(methodID) of the class \(classID) is not known")
            }
            self = .reply
        }
    }
}

extension AMQPReader {
    fileprivate mutating func reason() throws(AMQPFault) -> AMQPMethod.Reason {
        let reason = AMQPMethod.Reason(code: try short(), text: try shortText())
        // The method that is to blame.
        _ = try long()
        return reason
    }
}
