import Roost

/// Delivers over SMTP (RFC 5321), by libcurl, on threads of its own.
///
/// With credentials TLS is a must: by `STARTTLS` (RFC 3207) on `smtp://`, from the first byte on `smtps://`. Without, it is used where
/// the server offers it. The server's certificate is always checked.
public struct SMTPTransport: MailTransport {
    private let location: SMTPLocation
    private let pool: BlockingPool

    /// - Parameters:
    ///   - url: `smtp://user:password@host:587` or `smtps://user:password@host:465`.
    ///   - key: the configuration's key that the URL comes from.
    ///   - threads: how many mails are delivered at once.
    public init(url: String, key: String = "SMTP_URL", threads: Int = 2) throws(ConfigurationError) {
        location = try SMTPLocation(url: url, key: key)
        pool = BlockingPool("roost.smtp", threads: threads, limit: 16)
    }

    public func deliver(_ mail: Mail) async throws {
        try await pool.run { [location] in
            try SMTPTransfer(location).send(mail.message, from: mail.from.address, to: mail.to.address)
        }
    }
}
