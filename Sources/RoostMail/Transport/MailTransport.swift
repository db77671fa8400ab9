/// Delivers mails.
public protocol MailTransport: Sendable {
    /// Delivers a mail, and returns once the next server has taken responsibility for it.
    /// - Throws: A `MailError` that says whether another attempt may succeed.
    func deliver(_ mail: Mail) async throws
}
