/// Delivers mails.
public protocol MailTransport: Sendable {
    /// Returns once the next hop has taken responsibility for the mail.
    /// - Throws: A `TransportError` that says whether another attempt may succeed.
    func deliver(_ mail: Mail) async throws
}
