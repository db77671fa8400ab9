extension IncomingCall {
    /// A body of values as they come.
    /// - Returns: a stream that throws a `Problem` where a value cannot be read.
    /// - Throws: a `Problem` with status 415 where the body is of another type.
    public mutating func body<Element: Schema>(
        as type: MessageStream<Element>.Type = MessageStream<Element>.self
    ) async throws -> MessageStream<Element>? {
        // Where the reply is a stream too, that one's end is the call's.
        let validity = route.streaming.contains(.reply) ? nil : RequestContext.current.validity
        if request.format == .protobuf { return messages().ending(with: validity) }
        if request.asksForWebSocket { return openInbox().values() }
        guard request.headers["content-type"]?.hasPrefix(JSONLines.mediaType) == true else {
            throw Problem(.unsupportedMediaType, "Send the body as lines of JSON, \(JSONLines.mediaType).")
        }
        try request.requirePlainBody()
        return JSONLines.values(of: request.body, limit: route.bodyLimit, as: Element.self).ending(with: validity)
    }

    private func messages<Element: Schema>() -> MessageStream<Element> {
        let route = route
        let pieces: MessageStream<[UInt8]> =
            switch request.body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return pieces.mapped { piece in
            do throws(DecodingFailure) { return try route.body(from: piece) } catch { throw error.problem }
        }
    }
}
