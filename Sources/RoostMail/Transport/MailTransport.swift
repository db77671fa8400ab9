/// Delivers mails.
public protocol MailTransport: Sendable {
    /// Delivers a mail, and returns once the next mail server has taken responsibility for it.
    ///
    /// An implementation must not throw a `CancellationError` if the server may already have accepted the mail.
    /// - Parameter mail: The mail.
    /// - Throws: A `TransportError` that says whether another attempt may succeed; a `CancellationError` if the task is cancelled.
    func deliver(_ mail: Mail) async throws
}
