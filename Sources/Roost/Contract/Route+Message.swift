/// How a route's arguments and its reply are messages of Protocol Buffers.
///
/// A body that is a message and the only argument is the arguments' message itself. Otherwise that message has the parameters as its
/// fields, numbered from 1 in their order, and the body as the last one; one that is taken as it came has its media type after it. A reply that is no message is the field 1 of one.
extension Route {
    /// Whether the body is the whole message.
    public var bodyIsMessage: Bool { (parameters.isEmpty || streaming.contains(.request)) && body?.isMessage == true }

    /// The body's field number where it is not the whole message.
    public var bodyNumber: Int { streaming.contains(.request) ? 1 : parameters.count + 1 }

    /// The field number of the media type of a body that is taken as it came.
    public var bodyTypeNumber: Int { bodyNumber + 1 }

    /// Whether the reply is the whole message.
    public var replyIsMessage: Bool { reply?.isMessage == true }

    /// Whether the body's message is the whole: it is the only argument, or one of a stream.
    private var bodyIsAlone: Bool { parameters.isEmpty || streaming.contains(.request) }

    /// The body as the message, or as the field of one.
    func encoded(_ body: some Schema) -> [UInt8] {
        var writer = ProtobufWriter()
        if bodyIsAlone { writer.message(body) } else { writer.field(bodyNumber, body) }
        return writer.bytes
    }

    /// The body of a call, or a value of the stream that is sent by it.
    func body<Value: Schema>(from message: [UInt8]) throws(DecodingFailure) -> Value {
        bodyIsAlone ? try Protobuf.decode(from: message) : try Protobuf.decode(field: bodyNumber, named: "body", of: message)
    }

    func rawBody(from message: [UInt8]) throws(Problem) -> RawBody {
        do throws(DecodingFailure) {
            return try Protobuf.read(message) { reader throws(ProtobufError) in try reader.rawBody(bodyNumber, type: bodyTypeNumber) }
        } catch {
            throw error.problem
        }
    }
}

extension ProtobufReader {
    /// Reads a body that is taken as it came from its two fields and passes over the others.
    fileprivate mutating func rawBody(_ number: Int, type: Int) throws(ProtobufError) -> RawBody {
        var bytes: [UInt8] = [], contentType: String?
        while let field = try nextField() {
            switch field {
            case number where wireType == .delimited: bytes = try delimitedBytes()
            case type: try read(&contentType, "contentType")
            default: try skip()
            }
        }
        return RawBody(bytes: bytes, contentType: contentType ?? RawBody.unknownType)
    }
}

extension JSONSchema {
    /// Whether values are messages of their own in Protocol Buffers.
    public var isMessage: Bool {
        switch self {
        case .object, .choice, .scalar("string", "date-time"?): true
        case .constrained(let schema, _): schema.isMessage
        default: false
        }
    }
}
