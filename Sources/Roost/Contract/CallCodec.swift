/// Encodes calls for a protocol: where the arguments are in a request, and the reply in a response.
///
/// RoostHTTP has the codec of REST, and RoostGRPC the one of gRPC. Code that carries requests does not depend on the codec.
public protocol CallCodec: EndpointFinder, ArgumentReader, ReplyWriter, CallWriter {
    /// The name of the codec and its protocol, such as `rest` or `grpc`.
    var name: String { get }
}

/// Finds the endpoint that answers a request.
public protocol EndpointFinder: Sendable {
    /// Finds the endpoint of a request, and notes the path's parameters in the request.
    /// - Returns: `nil` if there is no endpoint.
    func endpoint(for request: inout Request, in router: Router) -> Endpoint?

    /// Answers a request that has no endpoint.
    /// - Throws: A `Problem` that tells what is missing.
    func answer(unknown request: Request, in router: Router) throws(Problem) -> Response
}

/// Reads the arguments of a call from a request.
public protocol ArgumentReader: Sendable {
    /// Returns the request with its content in the form that the route needs. It is called if the body is a stream.
    /// - Throws: A `Problem` if the body does not have that form.
    func settled(_ request: Request, for route: Route) async throws -> Request

    /// Returns what the reader keeps in `IncomingCall.state` from one argument to the next.
    /// - Throws: A `Problem` with status 400 if the request cannot be read.
    func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)?

    /// Returns a parameter as text.
    func parameter(_ name: String, in location: Route.Location, of call: borrowing IncomingCall) -> ParameterText

    /// Returns the values of a query parameter that is a list, each as text; none if the parameter is absent. A reader need not return more
    /// than 101: 100 are allowed.
    func list(_ name: String, of call: borrowing IncomingCall) -> [ParameterText]

    /// Returns the body, decoded and validated.
    /// - Throws: A `DecodingFailure`, or a `Problem` if the body is not in the codec's format.
    func body<Value: Schema>(of call: borrowing IncomingCall, as type: Value.Type) async throws -> Value

    /// Returns the body unchanged.
    /// - Throws: A `Problem` with status 413 if it is too large.
    func rawBody(of call: borrowing IncomingCall) async throws -> RawBody

    /// Returns the values of a streamed body as they arrive. The stream throws a `Problem` if a value cannot be read.
    func stream<Element: Schema>(of call: inout IncomingCall, as type: Element.Type) throws -> MessageStream<Element>
}

extension ArgumentReader {
    /// Returns the request unchanged.
    public func settled(_ request: Request, for route: Route) async throws -> Request { request }
    /// Returns `nil`: the reader keeps nothing between arguments.
    public func state(of request: Request, for route: Route) throws(Problem) -> (any Sendable)? { nil }
}

/// Writes the reply of a call to a response.
public protocol ReplyWriter: Sendable {
    /// Returns a response with one value.
    /// - Parameter location: The `Location` field, if the route has one.
    func response(_ value: some Schema, to call: borrowing IncomingCall, location: String?) -> Response

    /// Returns a response that streams values.
    func response<Element: Schema>(_ stream: MessageStream<Element>, to call: borrowing IncomingCall) -> Response

    /// A reply that is not the value of a schema.
    func response(_ reply: PlainReply, to call: borrowing IncomingCall) -> Response

    /// Returns the reply to a call that failed.
    /// - Parameter path: The path of the request.
    func response(to problem: Problem, path: String, in context: RequestContext) -> Response
}

/// A reply that is not the value of a schema.
public enum PlainReply: Sendable {
    /// No content.
    case nothing
    /// Plain text.
    case text(String)
    /// A response that the handler made.
    case made(Response)
}

/// Writes the calls of a client, and reads the replies.
public protocol CallWriter: Sendable {
    /// Returns a writer for the arguments of a call.
    func arguments(of route: Route) -> any ArgumentWriter

    /// Decodes the value of a reply.
    func value<Value: Schema>(_ type: Value.Type, from bytes: [UInt8]) throws(DecodingFailure) -> Value

    /// Returns the text of a reply.
    func text(from bytes: [UInt8]) throws(DecodingFailure) -> String

    /// Returns the problem that an unsuccessful response describes.
    func problem(in response: Response, _ bytes: [UInt8]) -> Problem

    /// Returns the values of a streamed reply as they arrive, or `nil` if the reply is not a stream.
    func values<Element: Schema>(_ type: Element.Type, in response: Response) -> MessageStream<Element>?
}

/// Writes the arguments of a call, each under its name, to the request that makes the call.
public protocol ArgumentWriter: Sendable {
    /// Writes the text of a parameter.
    ///
    /// The text of a list's parameter is written once for each value.
    /// - Parameters:
    ///   - parameter: The value as text.
    ///   - name: The parameter's name.
    ///   - location: The part of the request that holds the parameter.
    mutating func write(_ parameter: String, _ name: String, in location: Route.Location)
    /// Writes the body.
    mutating func write(body: ArgumentBody)
    /// The request, once every argument is written.
    var request: Request { get }
}

/// The body of a call. Writers differ in how they encode it.
public enum ArgumentBody: Sendable {
    /// A value, encoded in the codec's format.
    case value(any Schema)
    /// Bytes that are sent as they are.
    case raw(RawBody)
    /// Values that are encoded as they become available.
    case stream(MessageStream<any Schema>)
}
