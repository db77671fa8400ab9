/// An HTTP request method (RFC 9110 §9).
public struct RequestMethod: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The method's token, whose case is significant.
    public let rawValue: String

    /// Creates a method from its token, whose case is significant.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Reads a resource (RFC 9110 §9.3.1).
    public static let get = RequestMethod(rawValue: "GET")
    /// Reads a resource's header fields without its content (RFC 9110 §9.3.2).
    public static let head = RequestMethod(rawValue: "HEAD")
    /// Performs an operation with the request's content (RFC 9110 §9.3.3).
    public static let post = RequestMethod(rawValue: "POST")
    /// Replaces or creates a resource (RFC 9110 §9.3.4).
    public static let put = RequestMethod(rawValue: "PUT")
    /// Changes a part of a resource (RFC 5789).
    public static let patch = RequestMethod(rawValue: "PATCH")
    /// Removes a resource (RFC 9110 §9.3.5).
    public static let delete = RequestMethod(rawValue: "DELETE")
    /// Asks what a resource or the server supports (RFC 9110 §9.3.7).
    public static let options = RequestMethod(rawValue: "OPTIONS")

    /// The method's token.
    public var description: String { rawValue }

    /// Whether repeating the request has the same effect as making it once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool { self != .post && self != .patch }
}
