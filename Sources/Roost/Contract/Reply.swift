/// What a handler's result is as a response.
extension IncomingCall {
    /// A reply with a JSON body and the route's status.
    /// - Parameter location: the `Location` field, where the route has one.
    public func reply(_ value: some Schema, location: String? = nil) -> Response {
        var response = Response.json(value, status: route.status)
        if let location { response.headers.add("location", location) }
        return response
    }

    /// A reply that is text, as it stands.
    public func reply(_ text: String, location: String? = nil) -> Response {
        .text(text, status: route.status)
    }

    /// A reply that the handler made itself.
    public func reply(_ response: Response, location: String? = nil) -> Response { response }

    /// No content: 204, unless the route has a status of its own.
    public func reply(_ nothing: Void, location: String? = nil) -> Response {
        Response(route.status == .ok ? .noContent : route.status)
    }
}
