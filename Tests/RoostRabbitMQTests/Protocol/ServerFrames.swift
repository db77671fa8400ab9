import NIOCore

@testable import RoostRabbitMQ

/// Frames as a server sends them.
enum ServerFrame {
    static func method(_ classID: UInt16, _ methodID: UInt16, on channel: UInt16 = 1, _ write: (inout AMQPWriter) -> Void = { _ in })
        -> AMQPFrame
    {
        frame(.method, channel) { writer in
            writer.short(classID)
            writer.short(methodID)
            write(&writer)
        }
    }

    static func frame(_ kind: AMQPFrame.Kind, _ channel: UInt16, _ write: (inout AMQPWriter) -> Void) -> AMQPFrame {
        var writer = AMQPWriter()
        write(&writer)
        return AMQPFrame(kind: kind, channel: channel, payload: writer.buffer)
    }

    static func deliver(_ tag: UInt64, isRedelivered: Bool = false, key: String = "polls.voted.3", on channel: UInt16 = 1) -> AMQPFrame {
        method(60, 60, on: channel) { writer in
            writer.shortText("lane")
            writer.longLong(tag)
            writer.bits(isRedelivered)
            writer.shortText("roost.events")
            writer.shortText(key)
        }
    }

    static func header(_ size: Int, _ properties: AMQPProperties = AMQPProperties(), on channel: UInt16 = 1) -> AMQPFrame {
        frame(.header, channel) { AMQPContentHeader(size: UInt64(size), properties: properties).write(to: &$0) }
    }

    static func body(_ text: String, on channel: UInt16 = 1) -> AMQPFrame { frame(.body, channel) { $0.bytes(Array(text.utf8)) } }

    static let start = method(10, 10, on: 0) { writer in
        writer.octet(0)
        writer.octet(9)
        writer.table(["version": .text("3.10.8"), "capabilities": .table(["basic.nack": .boolean(true)])])
        writer.longText("AMQPLAIN PLAIN")
        writer.longText("en_US")
    }

    static func tune(_ channels: UInt16 = 2047, _ frame: UInt32 = 131_072, _ heartbeat: UInt16 = 60) -> AMQPFrame {
        method(10, 30, on: 0) { writer in
            writer.short(channels)
            writer.long(frame)
            writer.short(heartbeat)
        }
    }

    static let openOk = method(10, 41, on: 0) { $0.shortText("") }
}
