/// The server sent bytes that are not the protocol, or that nobody asked for. The connection cannot be used any more.
struct ProtocolViolation: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
