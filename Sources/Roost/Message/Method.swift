/// An HTTP request method (RFC 9110 §9).
public struct Method: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The method's token, in the case it is sent in.
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let get = Method(rawValue: "GET")
    public static let head = Method(rawValue: "HEAD")
    public static let post = Method(rawValue: "POST")
    public static let put = Method(rawValue: "PUT")
    public static let patch = Method(rawValue: "PATCH")
    public static let delete = Method(rawValue: "DELETE")
    public static let options = Method(rawValue: "OPTIONS")

    public var description: String { rawValue }

    /// Whether repeating the request has the same effect as making it once (RFC 9110 §9.2.2).
    public var isIdempotent: Bool { self != .post && self != .patch }
}
