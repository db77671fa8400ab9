import NIOCore
import Roost

/// The client's side of a connection: the handshake, and the assembly of messages from frames. A pure state machine, which
/// `AMQPConnectionHandler` drives.
struct AMQPConnectionState {
    /// What follows from a frame.
    enum Event {
        case none
        /// Methods to send on channel 0.
        case send([AMQPCommand])
        /// The handshake is over.
        case ready
        /// The reply to the oldest method of the channel that waits for one.
        case reply(UInt16)
        case delivered(UInt16, AMQPDelivery)
        case returned(UInt16, AMQPReturn)
        case confirmed(UInt16, AMQPConfirmation)
        /// The server has ended a consumer, for example because its queue was deleted.
        case cancelled(UInt16)
        /// The server has paused or resumed deliveries on a channel, and expects to hear that it was understood.
        case flow(UInt16, Bool)
        case channelClosed(UInt16, AMQPMethod.Reason)
        /// The end of a channel that this side has closed.
        case channelEnded(UInt16)
        /// The server has closed the connection, and expects to hear that it was understood.
        case closed(AMQPMethod.Reason)
        /// The end of a connection that this side has closed.
        case ended
        /// The server takes no messages, for this reason; or takes them again.
        case blocked(String?)
    }

    private enum Phase {
        case start, tune, open, ready
    }

    /// A message of which frames are still to come.
    private struct Content {
        enum Kind {
            case delivery(tag: UInt64, isRedelivered: Bool, key: String)
            case `return`(AMQPMethod.Reason, key: String)
        }

        let kind: Kind
        var header: AMQPContentHeader?
        var body = ByteBuffer()
        var received: UInt64 = 0
    }

    private let url: RabbitMQURL
    private var phase = Phase.start
    private var contents: [UInt16: Content] = [:]
    /// What both sides have agreed on.
    private(set) var limits = AMQPLimits()
    /// The version of the server.
    private(set) var version = ""
    /// The largest body that is kept, in bytes.
    private let bodyLimit: Int

    init(_ url: RabbitMQURL, bodyLimit: Int) { (self.url, self.bodyLimit) = (url, bodyLimit) }

    /// Takes a frame.
    /// - Throws: An `AMQPFault` if the server violates the protocol.
    mutating func receive(_ frame: AMQPFrame) throws(AMQPFault) -> Event {
        switch frame.kind {
        case .heartbeat: return .none
        case .method:
            guard contents[frame.channel] == nil else { throw AMQPFault("a method came in the middle of a message") }
            return try receive(try AMQPMethod(frame.payload), on: frame.channel)
        case .header:
            guard var content = contents[frame.channel], content.header == nil else {
                throw AMQPFault("a content header belongs to no message")
            }
            content.header = try AMQPContentHeader(frame.payload)
            return finish(content, on: frame.channel)
        case .body:
            // Taken out, so that the body is not copied while it grows.
            guard var content = contents.removeValue(forKey: frame.channel), let header = content.header else {
                throw AMQPFault("a content body belongs to no message")
            }
            content.received += UInt64(frame.payload.readableBytes)
            guard content.received <= header.size else { throw AMQPFault("a content body is longer than announced") }
            if header.size <= UInt64(bodyLimit) { content.body.writeImmutableBuffer(frame.payload) }
            return finish(content, on: frame.channel)
        }
    }

    private mutating func finish(_ content: Content, on channel: UInt16) -> Event {
        guard let header = content.header, content.received == header.size else {
            contents[channel] = content
            return .none
        }
        contents[channel] = nil
        let message = AMQPMessage(properties: header.properties, body: content.body, size: header.size)
        return switch content.kind {
        case .delivery(let tag, let isRedelivered, let key):
            .delivered(channel, AMQPDelivery(tag: tag, isRedelivered: isRedelivered, key: key, message: message))
        case .return(let reason, let key): .returned(channel, AMQPReturn(reason: reason, key: key, messageID: header.properties.messageID))
        }
    }

    private mutating func receive(_ method: AMQPMethod, on channel: UInt16) throws(AMQPFault) -> Event {
        if channel == 0 { return try receiveOfConnection(method) }
        switch method {
        case .basicDeliver(let tag, let isRedelivered, let key):
            contents[channel] = Content(kind: .delivery(tag: tag, isRedelivered: isRedelivered, key: key))
            return .none
        case .basicReturn(let reason, let key):
            contents[channel] = Content(kind: .return(reason, key: key))
            return .none
        case .basicAck(let tag, let multiple):
            return .confirmed(channel, AMQPConfirmation(tag: tag, isMultiple: multiple, isTaken: true))
        case .basicNack(let tag, let multiple):
            return .confirmed(channel, AMQPConfirmation(tag: tag, isMultiple: multiple, isTaken: false))
        case .basicCancel: return .cancelled(channel)
        case .channelFlow(let isActive): return .flow(channel, isActive)
        case .channelClose(let reason):
            contents[channel] = nil
            return .channelClosed(channel, reason)
        case .channelCloseOk:
            contents[channel] = nil
            return .channelEnded(channel)
        case .reply: return .reply(channel)
        default: throw AMQPFault("a method of the connection came on a channel")
        }
    }

    private mutating func receiveOfConnection(_ method: AMQPMethod) throws(AMQPFault) -> Event {
        switch (phase, method) {
        case (.start, .connectionStart(let mechanisms, let properties)):
            guard mechanisms.split(separator: " ").contains("PLAIN") else {
                throw AMQPFault("it does not let users sign in with a password: \(mechanisms)")
            }
            phase = .tune
            version = properties["version"]?.text ?? ""
            return .send([.startConnectionOk(response: "\0\(url.user)\0\(url.password)", properties: Self.properties)])
        case (.tune, .connectionTune(let channels, let frame, let heartbeat)):
            phase = .open
            limits = AMQPLimits(channels, frame, heartbeat, wanted: url.heartbeat)
            return .send([.tuneConnectionOk(limits), .openConnection(virtualHost: url.virtualHost)])
        case (.open, .connectionOpenOk):
            phase = .ready
            return .ready
        case (_, .connectionClose(let reason)): return .closed(reason)
        case (_, .connectionCloseOk): return .ended
        case (.ready, .connectionBlocked(let reason)): return .blocked(reason)
        case (.ready, .connectionUnblocked): return .blocked(nil)
        default: throw AMQPFault("a method came at a time when it is not allowed")
        }
    }

    /// What this client can do (https://www.rabbitmq.com/docs/connections#capabilities).
    private static let properties: AMQPTable = [
        "product": .text("Roost"), "platform": .text("Swift"),
        "capabilities": .table([
            "publisher_confirms": .boolean(true), "consumer_cancel_notify": .boolean(true), "connection.blocked": .boolean(true),
            "authentication_failure_close": .boolean(true), "basic.nack": .boolean(true),
        ]),
    ]
}

/// What both sides of a connection have agreed on.
struct AMQPLimits: Hashable, Sendable {
    /// The largest number of a channel.
    var channels: UInt16 = 2047
    /// The largest frame in bytes, with its head and end.
    var frame = 131_072
    /// In seconds; 0 for no heartbeats.
    var heartbeat: UInt16 = 0

    init() {}

    /// Takes the lower of what the server proposes and what this client wants. Zero stands for no limit.
    init(_ channels: UInt16, _ frame: UInt32, _ heartbeat: UInt16, wanted: UInt16) {
        if channels > 0 { self.channels = min(channels, self.channels) }
        if frame > 0 { self.frame = max(4096, min(Int(frame), self.frame)) }
        self.heartbeat = heartbeat > 0 ? min(heartbeat, wanted) : wanted
    }
}

/// A message as a consumer gets it.
struct AMQPDelivery: Sendable {
    /// Numbers the deliveries of a channel.
    let tag: UInt64
    let isRedelivered: Bool
    /// The routing key.
    let key: String
    let message: AMQPMessage
}

/// A published message that no queue gets.
struct AMQPReturn: Sendable {
    let reason: AMQPMethod.Reason
    let key: String
    let messageID: String?
}

/// What the server says of published messages.
struct AMQPConfirmation: Hashable, Sendable {
    /// The number of a message of the channel, counted from 1.
    let tag: UInt64
    /// Whether it is about all earlier messages too.
    let isMultiple: Bool
    /// Whether the server has taken responsibility for the messages.
    let isTaken: Bool
}
