/// Delivers mails.
public protocol MailTransport: Sendable {
    /// Returns once the next hop has taken responsibility for the mail.
    ///
    /// It must not throw a `CancellationError` if the next hop may already have the mail.
    /// - Throws: A `TransportError` that says whether another attempt may succeed; a `CancellationError` if the task is cancelled.
    func deliver(_ mail: Mail) async throws
}
