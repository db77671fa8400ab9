import Roost

/// A mailbox: an address, and the name of its owner (RFC 5322 §3.4).
public struct MailAddress: Hashable, Sendable {
    /// The address, such as `ada@example.com`.
    public let address: String
    /// The name of the mailbox's owner, which mail programs show in place of the address.
    public let name: String?

    /// Creates a mailbox.
    /// - Parameters:
    ///   - address: The address, such as `ada@example.com`.
    ///   - name: The name of the mailbox's owner: at most 998 bytes without control characters.
    /// - Throws: A `Problem` with status 422 if this is not an address that SMTP can deliver to, or the name is not allowed.
    public init(_ address: String, name: String? = nil) throws(Problem) {
        guard Format.email.accepts(address) else {
            throw Problem.invalid([Fault(pointer: "/address", rule: "format", message: "must be an email address")])
        }
        if let name { try Mail.checkLine(name, "/name") }
        self.address = address
        self.name = name
    }

    var domain: Substring { address.split(separator: "@").last ?? "" }
}
