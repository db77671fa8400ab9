import Roost

/// A mailbox: an address, and the name of its owner (RFC 5322 §3.4).
public struct MailAddress: Hashable, Sendable {
    /// The address, such as `ada@example.com`.
    public let address: String
    /// The name of the mailbox's owner, which mail programs show in place of the address.
    public let name: String?

    /// Creates a mailbox.
    /// - Throws: A `MailError` if SMTP cannot carry the address, or the name contains control characters.
    public init(_ address: String, name: String? = nil) throws(MailError) {
        guard Format.email.accepts(address) else { throw MailError(.invalid, "not an email address") }
        if let name { try Mail.checkLine(name, "a name") }
        self.address = address
        self.name = name
    }

    var domain: Substring { address.split(separator: "@").last ?? "" }
}
