/// The Protocol Buffers messages of a route's arguments and its reply.
///
/// A body that is a message and the only argument is the arguments' message itself. Otherwise, that message has the parameters as its
/// fields, numbered from 1 in their order, and the body as the last one, followed by the media type if the body is taken unchanged. A reply
/// that is not a message is field 1 of a message.
extension Route {
    /// Whether the body is the whole message.
    public var bodyIsMessage: Bool { (parameters.isEmpty || streaming.contains(.request)) && body?.isMessage == true }

    /// The body's field number if it is not the whole message.
    public var bodyNumber: Int { streaming.contains(.request) ? 1 : parameters.count + 1 }

    /// The field number of the media type of a body that is taken unchanged.
    public var bodyTypeNumber: Int { bodyNumber + 1 }

    /// Whether the reply is the whole message.
    public var replyIsMessage: Bool { reply?.isMessage == true }
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
