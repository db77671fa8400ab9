extension IncomingCall {
    /// A stream as HTTP carries it: a WebSocket or Server-Sent Events, as the client asks.
    func live<Element: Schema>(_ stream: MessageStream<Element>) -> Response {
        var response = Problem(.upgradeRequired, "Ask for a WebSocket, or for text/event-stream.").response(
            instance: request.path, requestID: RequestContext.current.requestID)
        response.headers["upgrade"] = "websocket"
        return response
    }
}
