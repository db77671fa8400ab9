public import Roost

/// A response with its whole body.
public struct TestResponse: Sendable {
    /// The largest body that a test accepts, in bytes: 16 MiB.
    static let limit = 16 << 20

    /// The status code.
    public let status: Status
    /// The header fields.
    public let headers: Headers
    /// The body.
    public let bytes: [UInt8]

    /// Reads a response to its end.
    /// - Throws: A `Problem` with status 413 if the body is larger than 16 MiB; whatever a streamed body throws.
    init(_ response: Response) async throws {
        status = response.status
        headers = response.headers
        bytes = try await response.body.collect(upTo: Self.limit)
    }

    /// The body as text. Invalid UTF-8 is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Decodes the body from JSON and validates it.
    /// - Throws: An error that lists the faults if the body is not a valid value of this type.
    public func decode<Value: Schema>(as type: Value.Type = Value.self) throws -> Value { try JSON.decode(Value.self, from: bytes) }

    /// The body as a problem document (RFC 9457).
    public var problem: Problem { Problem(response: Response(status, headers: headers), bytes: bytes) }
}
