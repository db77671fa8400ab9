/// How a route's arguments and its reply are messages of Protocol Buffers.
///
/// A body that is a message and the only argument is the arguments' message itself. Otherwise that message has the parameters as its
/// fields, numbered from 1 in their order, and the body as the last one. A reply that is no message is the field 1 of one.
extension Route {
    /// Whether the body is the whole message.
    public var bodyIsMessage: Bool { (parameters.isEmpty || streaming.contains(.request)) && body?.isMessage == true }

    /// The body's field number where it is not the whole message.
    public var bodyNumber: Int { streaming.contains(.request) ? 1 : parameters.count + 1 }

    /// Whether the reply is the whole message.
    public var replyIsMessage: Bool { reply?.isMessage == true }

    func write(_ body: some Schema, to writer: inout ProtobufWriter) {
        if bodyIsMessage { body.encode(to: &writer) } else { writer.field(bodyNumber, body) }
    }

    /// The body of a call, or a value of the stream that is sent by it.
    func body<Value: Schema>(from message: [UInt8]) throws(DecodingFailure) -> Value {
        bodyIsMessage ? try Protobuf.decode(from: message) : try Protobuf.decode(field: bodyNumber, named: "body", of: message)
    }

    func replyMessage(_ value: some Schema) -> [UInt8] {
        if replyIsMessage { return Protobuf.encode(value) }
        var writer = ProtobufWriter()
        writer.field(1, value)
        return writer.bytes
    }

    func reply<Value: Schema>(from message: [UInt8]) throws(DecodingFailure) -> Value {
        replyIsMessage ? try Protobuf.decode(from: message) : try Protobuf.decode(field: 1, named: "value", of: message)
    }
}

extension JSONSchema {
    /// Whether values are messages of their own in Protocol Buffers.
    public var isMessage: Bool {
        switch self {
        case .object, .choice: true
        case .constrained(let schema, _): schema.isMessage
        default: false
        }
    }
}
