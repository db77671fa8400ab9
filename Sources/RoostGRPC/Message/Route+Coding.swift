import Roost

extension Route {
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

    /// - Throws: a `Problem` where the message cannot be read.
    func rawBody(from message: [UInt8]) throws(Problem) -> RawBody {
        do throws(DecodingFailure) {
            return try Protobuf.read(message) { reader throws(DecodingFailure) in try reader.rawBody(bodyNumber, type: bodyTypeNumber) }
        } catch {
            throw error.problem
        }
    }
}

extension ProtobufReader {
    /// Reads a body that is taken as it came from its two fields and passes over the others.
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
