/// How the values of a call are written on its wire.
public enum MessageFormat: Hashable, Sendable {
    /// JSON (RFC 8259), with parameters in the path, the query and header fields.
    case json
    /// Protocol Buffers: all arguments are one message, each element of a stream a message.
    case protobuf
}
