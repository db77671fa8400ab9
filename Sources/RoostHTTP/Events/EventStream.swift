import Roost

/// Responses that are streams of events (WHATWG HTML §9.2): they go on until one side has had enough.
enum EventStream {
    static func isOne(_ response: Response) -> Bool { isOne(response.headers) }

    static func isOne(_ headers: Headers) -> Bool {
        guard let type = headers["content-type"] else { return false }
        return FieldSyntax.equals(String(type.prefix { $0 != ";" && $0 != " " }), "text/event-stream")
    }
}

extension ServerConnection {
    /// Ends a stream of events between two of them, well: its client comes again, with the id of the last that it has.
    func endLive(_ exchange: Exchange) {
        keepsAlive = false
        exchange.task?.cancel()
        endStream(exchange, [:])
    }
}
