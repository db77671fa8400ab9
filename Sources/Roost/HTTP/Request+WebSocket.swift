/// The WebSocket that a request asks for (RFC 6455 §4.1).
extension Request {
    /// The subprotocol that a client offers together with a token if it cannot set `Authorization`, as in a browser.
    public static let liveSubprotocol = "roost"

    /// Whether the request asks to change the connection to a WebSocket, which only HTTP/1.1 can do.
    public var asksForWebSocket: Bool {
        version == .http1 && method == .get && Self.list(headers.values("upgrade")).contains { $0.lowercased() == "websocket" }
    }

    /// The subprotocols that the client offers, in the order of its preference.
    public var offeredSubprotocols: [String] { Self.list(headers.values("sec-websocket-protocol")).map(String.init) }

    /// Removes the token that was offered as the subprotocol `bearer.<token>` beside `roost`, so that later code does not see it.
    /// - Returns: `nil` if there is none.
    public mutating func takeBearerSubprotocol() -> String? {
        let offered = offeredSubprotocols
        guard asksForWebSocket, offered.contains(Self.liveSubprotocol),
            let bearer = offered.first(where: { $0.hasPrefix(Self.bearerPrefix) })
        else { return nil }
        headers["sec-websocket-protocol"] = offered.filter { !$0.hasPrefix(Self.bearerPrefix) }.joined(separator: ", ")
        return String(bearer.dropFirst(Self.bearerPrefix.count))
    }

    private static let bearerPrefix = "bearer."

    private static func list(_ lines: [String]) -> [Substring] {
        lines.flatMap { $0.split(separator: ",") }.map { word in
            let start = word.drop { $0 == " " || $0 == "\t" }
            return start.prefix { $0 != " " && $0 != "\t" }
        }
    }
}
