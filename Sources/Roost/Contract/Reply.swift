/// What a handler's result is as a response.
extension IncomingCall {
    /// A reply of one value, with the route's status.
    /// - Parameter location: the `Location` field, where the route has one.
    public func reply(_ value: some Schema, location: String? = nil) -> Response {
        if request.format == .protobuf { return Response(body: .bytes(Protobuf.encode(value))) }
        var response = Response.json(value, status: route.status)
        if let location { response.headers.add("location", location) }
        return response
    }

    /// A reply that is text, as it stands.
    public func reply(_ text: String, location: String? = nil) -> Response {
        request.format == .protobuf
            ? Response(body: .bytes(Protobuf.encode(text))) : .text(text, status: route.status)
    }

    /// A reply that the handler made itself.
    public func reply(_ response: Response, location: String? = nil) -> Response {
        guard request.format == .protobuf else { return response }
        return Problem(.notImplemented, "This answers by HTTP alone.").response(
            instance: request.path, requestID: RequestContext.current.requestID)
    }

    /// No content: 204, unless the route has a status of its own.
    public func reply(_ nothing: Void, location: String? = nil) -> Response {
        if request.format == .protobuf { return Response() }
        return Response(route.status == .ok ? .noContent : route.status)
    }

    /// A reply of values as they come. They are made as part of this call, even after its function has returned,
    /// and end when what its caller showed of itself is no longer good.
    public func reply<Element: Schema>(_ stream: MessageStream<Element>, location: String? = nil) -> Response {
        let context = RequestContext.current
        let stream = stream.within(context).ending(with: context.validity)
        if request.format == .protobuf {
            return Response(body: .stream(stream.mapped { Protobuf.encode($0) }, length: nil))
        }
        return live(stream)
    }
}
