import Roost

extension Route {
    /// Whether the body's message is the whole message, because the body is the only argument or a value of a stream.
    private var bodyIsAlone: Bool { parameters.isEmpty || streaming.contains(.request) }

    /// Returns the body as the message, or as a field of the message.
    func encoded(_ body: some Schema) -> [UInt8] {
        var writer = ProtobufWriter()
        if bodyIsAlone { writer.message(body) } else { writer.field(bodyNumber, body) }
        return writer.bytes
    }

    /// Returns the body of a call, or a value of the stream that the caller sends.
    func body<Value: Schema>(from message: [UInt8]) throws(DecodingFailure) -> Value {
        bodyIsAlone ? try Protobuf.decode(from: message) : try Protobuf.decode(field: bodyNumber, named: "body", of: message)
    }

    /// Returns the raw body in a message.
    /// - Throws: A `Problem` if the message cannot be read.
    func rawBody(from message: [UInt8]) throws(Problem) -> RawBody {
        do throws(DecodingFailure) {
            return try Protobuf.read(message) { reader throws(DecodingFailure) in try reader.rawBody(bodyNumber, type: bodyTypeNumber) }
        } catch {
            throw error.problem
        }
    }
}

extension ProtobufReader {
    /// Reads a raw body from its two fields, and skips the others.
    fileprivate mutating func rawBody(_ number: Int, type: Int) throws(DecodingFailure) -> RawBody {
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
