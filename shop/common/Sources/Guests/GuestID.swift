import Roost
import RoostAuth

/// Identifies a guest: a visitor who is not signed in. Whoever knows it is the guest, so it is a secret, which a cookie holds.
@Schema
public struct GuestID: RawRepresentable, Hashable, Sendable {
    /// The number of random bytes.
    private static let size = 32

    /// The random bytes in base64url (RFC 4648 §5), without padding.
    public let rawValue: String

    /// Reads an identifier, or returns `nil` if the text is not one.
    public init?(rawValue: String) {
        guard rawValue.utf8.count == (Self.size * 4 + 2) / 3, rawValue.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.rawValue = rawValue
    }

    private init(new text: String) { rawValue = text }

    /// Returns the identifier of a new guest.
    public static func random() -> GuestID { GuestID(new: Secret.random(bytes: size)) }

    /// The SHA-256 digest of the identifier, in base64url. It names the guest in the keys of the store and in logs, where the identifier
    /// itself would let readers act as the guest.
    public var digest: String { Secret.digest(rawValue) }

    /// Whether a byte is a digit of base64url.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}

extension GuestID: CustomStringConvertible, CustomReflectable {
    /// The digest.
    public var description: String { "GuestID(\(digest))" }
    /// A mirror that shows the digest alone.
    public var customMirror: Mirror { Mirror(self, children: ["digest": digest]) }
}
