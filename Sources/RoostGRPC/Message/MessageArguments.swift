import Roost

/// Writes arguments as one message. For a call that sends a stream, each value of the stream is a message, and the other arguments are
/// metadata, because they do not belong to a single message.
struct MessageArguments: ArgumentWriter {
    private let route: Route
    private var message: [UInt8] = []
    private var headers: Headers = ["content-type": "application/grpc"]
    private var stream: MessageStream<[UInt8]>?

    init(_ route: Route) { self.route = route }

    mutating func write(_ parameter: String, _ name: String, in location: Route.Location) {
        if route.streaming.contains(.request) {
            headers.add(ArgumentMessage.metadataName(of: name, in: location), parameter)
        } else if let index = route.parameters.firstIndex(where: { $0.name == name }) {
            var writer = ProtobufWriter()
            ParameterScalar(of: route.parameters[index].schema).write(parameter, as: index + 1, to: &writer)
            message += writer.bytes
        }
    }

    mutating func write(body: ArgumentBody) {
        switch body {
        case .value(let value): message += route.encoded(value)
        case .raw(let raw):
            var writer = ProtobufWriter()
            writer.field(route.bodyNumber, bytes: raw.bytes)
            writer.present(route.bodyTypeNumber, raw.contentType)
            message += writer.bytes
        case .stream(let values):
            let route = route
            stream = values.mapped { route.encoded($0) }
        }
    }

    var request: Request {
        let body = stream.map { Body.stream($0, length: nil) } ?? .bytes(message)
        return Request(.post, route.procedure, headers: headers, body: body)
    }
}
