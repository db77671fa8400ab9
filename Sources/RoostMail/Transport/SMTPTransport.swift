import Roost

/// Delivers mail over SMTP (RFC 5321) with libcurl, on threads of its own.
///
/// Credentials require TLS: by `STARTTLS` (RFC 3207) with `smtp://`, or from the beginning with `smtps://`. Without credentials, TLS is
/// used if the server offers it. The server's certificate is always verified.
public struct SMTPTransport: MailTransport {
    private let location: SMTPLocation
    private let pool: BlockingPool

    /// Creates a transport.
    /// - Parameters:
    ///   - url: `smtp://user:password@host:587` or `smtps://user:password@host:465`.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - threads: The number of mails that are delivered at once.
    /// - Throws: A `ConfigurationError` if the URL is invalid.
    public init(url: String, key: String = "SMTP_URL", threads: Int = 2) throws(ConfigurationError) {
        location = try SMTPLocation(url: url, key: key)
        pool = BlockingPool("roost.smtp", threads: threads, limit: 16)
    }

    /// Delivers a mail to the server.
    /// - Throws: A `TransportError` that says whether another attempt may succeed; a `CancellationError`.
    public func deliver(_ mail: Mail) async throws {
        try await pool.run { [location] in
            try SMTPTransfer(location).send(mail.message, from: mail.from.address, to: mail.to.address)
        }
    }
}
