/// The methods that this client sends (AMQP 0-9-1, the generated specification, with RabbitMQ's extensions
/// https://www.rabbitmq.com/docs/extensions).
enum AMQPCommand: Sendable {
    /// A queue with its arguments. It is durable unless it is exclusive to the connection, with which it is deleted.
    struct Queue: Hashable, Sendable {
        var name: String
        var isExclusive = false
        var arguments: AMQPTable = [:]
    }

    case startConnectionOk(response: String, properties: AMQPTable)
    case tuneConnectionOk(AMQPLimits)
    case openConnection(virtualHost: String)
    case closeConnection
    case closeConnectionOk
    case openChannel
    case flowOk(Bool)
    case closeChannel
    case closeChannelOk
    case declareExchange(name: String, kind: String)
    case declareQueue(Queue)
    case bind(queue: String, exchange: String, key: String)
    case limitPrefetch(UInt16)
    case consume(queue: String, acknowledges: Bool)
    case publish(exchange: String, key: String, isMandatory: Bool)
    case acknowledge(through: UInt64)
    case selectConfirms

    /// The numbers of the class and the method.
    private var number: (classID: UInt16, methodID: UInt16) {
        switch self {
        case .startConnectionOk: (10, 11)
        case .tuneConnectionOk: (10, 31)
        case .openConnection: (10, 40)
        case .closeConnection: (10, 50)
        case .closeConnectionOk: (10, 51)
        case .openChannel: (20, 10)
        case .flowOk: (20, 21)
        case .closeChannel: (20, 40)
        case .closeChannelOk: (20, 41)
        case .declareExchange: (40, 10)
        case .declareQueue: (50, 10)
        case .bind: (50, 20)
        case .limitPrefetch: (60, 10)
        case .consume: (60, 20)
        case .publish: (60, 40)
        case .acknowledge: (60, 80)
        case .selectConfirms: (85, 10)
        }
    }

    func write(to writer: inout AMQPWriter) {
        writer.short(number.classID)
        writer.short(number.methodID)
        switch self {
        case .startConnectionOk(let response, let properties):
            writer.table(properties)
            writer.shortText("PLAIN")
            writer.longText(response)
            writer.shortText("en_US")
        case .tuneConnectionOk(let limits):
            writer.short(limits.channels)
            writer.long(UInt32(limits.frame))
            writer.short(limits.heartbeat)
        case .openConnection(let virtualHost):
            writer.shortText(virtualHost)
            writer.shortText("")
            writer.bits(false)
        case .closeConnection, .closeChannel:
            // Success, and no method that is to blame.
            writer.short(200)
            writer.shortText("")
            writer.long(0)
        case .closeConnectionOk, .closeChannelOk: break
        case .openChannel: writer.shortText("")
        case .flowOk(let isActive): writer.bits(isActive)
        case .selectConfirms: writer.bits(false)
        case .declareExchange, .declareQueue, .bind: writeTopology(to: &writer)
        case .limitPrefetch, .consume, .publish, .acknowledge: writeBasic(to: &writer)
        }
    }

    /// Writes the arguments of the classes exchange and queue.
    private func writeTopology(to writer: inout AMQPWriter) {
        writer.short(0)
        switch self {
        case .declareExchange(let name, let kind):
            writer.shortText(name)
            writer.shortText(kind)
            // Durable.
            writer.bits(false, true, false, false, false)
            writer.table([:])
        case .declareQueue(let queue):
            writer.shortText(queue.name)
            writer.bits(false, !queue.isExclusive, queue.isExclusive, queue.isExclusive, false)
            writer.table(queue.arguments)
        case .bind(let queue, let exchange, let key):
            writer.shortText(queue)
            writer.shortText(exchange)
            writer.shortText(key)
            writer.bits(false)
            writer.table([:])
        default: break
        }
    }

    /// Writes the arguments of the class basic.
    private func writeBasic(to writer: inout AMQPWriter) {
        switch self {
        case .limitPrefetch(let count):
            writer.long(0)
            writer.short(count)
            writer.bits(false)
        case .consume(let queue, let acknowledges):
            writer.short(0)
            writer.shortText(queue)
            // The server chooses the tag.
            writer.shortText("")
            writer.bits(false, !acknowledges, false, false)
            writer.table([:])
        case .publish(let exchange, let key, let isMandatory):
            writer.short(0)
            writer.shortText(exchange)
            writer.shortText(key)
            writer.bits(isMandatory, false)
        case .acknowledge(let delivery):
            writer.longLong(delivery)
            writer.bits(true)
        default: break
        }
    }
}
