import Roost

/// Recognizes responses that are streams of server-sent events (WHATWG HTML §9.2), which have no natural end.
enum EventStream {
    static func isOne(_ response: Response) -> Bool { isOne(response.headers) }

    static func isOne(_ headers: Headers) -> Bool {
        guard let type = headers["content-type"] else { return false }
        return FieldSyntax.equals(String(type.prefix { $0 != ";" && $0 != " " }), "text/event-stream")
    }
}

extension ServerConnection {
    /// Ends a stream of events properly between two events. Its client reconnects with the identifier of the last event it received.
    func endLive(_ exchange: Exchange) {
        keepsAlive = false
        exchange.task?.cancel()
        endStream(exchange, [:])
    }
}
