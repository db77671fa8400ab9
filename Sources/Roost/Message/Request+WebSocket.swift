/// What a request says of the WebSocket that it asks for (RFC 6455 §4.1).
extension Request {
    /// The subprotocol under which a client that cannot set `Authorization`, such as a browser, may offer a token.
    public static let liveSubprotocol = "roost"

    /// Whether it asks that its connection become a WebSocket. Only HTTP/1.1 can ask so.
    public var asksForWebSocket: Bool {
        version == .http1 && method == .get && Self.list(headers.values("upgrade")).contains { $0.lowercased() == "websocket" }
    }

    /// The subprotocols that it offers, the one liked best first.
    public var offeredSubprotocols: [String] { Self.list(headers.values("sec-websocket-protocol")).map(String.init) }

    /// Takes the token out that was offered as the subprotocol `bearer.<token>`, beside `roost`, so that nothing later sees it there.
    /// - Returns: `nil` where there is none.
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
