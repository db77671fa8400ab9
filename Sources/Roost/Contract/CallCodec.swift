/// How a call is written on a wire: where its arguments stand in a request, and its reply in a response. REST has one in RoostHTTP, gRPC one
/// in RoostGRPC; whatever carries requests passes them on without knowing which it is.
public protocol CallCodec: EndpointFinder, ArgumentReader, ReplyWriter, CallWriter {
    /// Names the codec, and with it the wire: `rest`, `grpc`.
    var name: String { get }
}

/// Finds what answers a request.
public protocol EndpointFinder: Sendable {
    /// Finds the endpoint that a request is for, and notes in the request what the path says of it.
    /// - Returns: `nil` where there is none.
    func endpoint(for request: inout Request, in router: Router) -> Endpoint?

    /// Answers a request for which there is no endpoint.
    /// - Throws: a `Problem` that says what is missing.
    func answer(unknown request: Request, in router: Router) throws(Problem) -> Response
}

/// Takes a call's arguments out of a request.
public protocol ArgumentReader: Sendable {
    /// The request with its content in the form that the route takes, called where the body is a stream.
    /// - Throws: a `Problem` where the body has not that form.
    func settled(_ request: Request, for route: Route) async throws -> Request

    /// What the reader keeps in `IncomingCall.state` from one argument to the next.
    /// - Throws: a `Problem` with status 400 where the request cannot be read.
    func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)?

    /// A parameter as text.
    func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText

    /// The body, decoded and validated.
    /// - Throws: a `DecodingFailure`, or a `Problem` where there is no body of the wire's kind.
    func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value

    /// The body as it came.
    /// - Throws: a `Problem` with status 413 where it is too large.
    func rawBody(of call: borrowing IncomingCall) async throws -> RawBody

    /// A body of values as they come; it throws a `Problem` where a value cannot be read.
    func stream<Element: Schema>(of call: inout IncomingCall, as type: Element.Type) throws -> MessageStream<Element>
}

extension ArgumentReader {
    public func settled(_ request: Request, for route: Route) async throws -> Request { request }
    public func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)? { nil }
}

/// Puts a call's reply into a response.
public protocol ReplyWriter: Sendable {
    /// A reply of one value.
    /// - Parameter location: the `Location` field, where the route has one.
    func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response

    /// A reply of values as they come.
    func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response

    /// A reply that is no value of a schema.
    func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response

    /// Returns the reply to a call that failed.
    /// - Parameter path: The path of the request.
    func response(to problem: Problem, path: String, in context: RequestContext) -> Response
}

/// A reply that is no value of a schema.
public enum PlainReply: Sendable {
    case nothing
    /// Text as it stands.
    case text(String)
    /// A response that the handler made itself.
    case made(Response)
}

/// Writes a client's calls, and reads what is answered.
public protocol CallWriter: Sendable {
    /// What the arguments of a call are written into.
    func arguments(of route: Route) -> any ArgumentWriter

    /// The value that a reply holds.
    func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value

    /// The text that a reply holds.
    func text(from bytes: [UInt8]) throws(DecodingFailure) -> String

    /// Returns the problem that a reply is about which is no success.
    func problem(in response: Response, _ bytes: [UInt8]) -> Problem

    /// The values that a reply streams; `nil` where it is none of a stream.
    func values<Element: Schema>(_ type: Element.Type, in response: Response) -> MessageStream<Element>?
}

/// Writes a call's arguments, each under its name, into the request that makes the call.
public protocol ArgumentWriter: Sendable {
    mutating func write(_ parameter: String, _ name: String, in location: Route.Location)
    mutating func write(body: ArgumentBody)
    var request: Request { get }
}

/// What a call's body is. The writers differ in how they encode it, not in what it may be.
public enum ArgumentBody: Sendable {
    case value(any Schema)
    case raw(RawBody)
    /// Values as they come, each encoded once it is there.
    case stream(MessageStream<any Schema>)
}
