import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Delivers mail over SMTP (RFC 5321) with libcurl, on threads of its own.
///
/// With `smtps://`, the connection uses TLS from the beginning. With `smtp://`, it changes to TLS with `STARTTLS` (RFC 3207) if the
/// server offers that; with `?tls=required` or a password, nothing is sent without TLS. The server's certificate is always verified, against the
/// authorities of the operating system, or those of the file that `?ca=PATH` names.
public struct SMTPTransport: MailTransport {
    private let location: SMTPLocation
    private let bounces: BounceAddress?
    private let pool: BlockingPool

    /// Creates a transport.
    /// - Parameters:
    ///   - url: `smtp://user:password@host:587?tls=required` or `smtps://user:password@host:465`.
    ///   - bounces: Where mail servers report that they could not deliver a mail; by default, to the sender of the mail.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - threads: The number of mails that are delivered at once.
    /// - Throws: A `ConfigurationError` if the URL is invalid, or the file with the authorities cannot be read.
    public init(url: String, bounces: BounceAddress? = nil, key: String = "SMTP_URL", threads: Int = 2) throws(ConfigurationError) {
        location = try SMTPLocation(url: url, key: key)
        if let path = location.authorities, !FileManager.default.isReadableFile(atPath: path) {
            throw ConfigurationError("\(key) names a file with certificates that cannot be read: \(path)", code: .invalidSetting)
        }
        self.bounces = bounces
        pool = BlockingPool("roost.smtp", threads: threads, limit: 16)
    }

    /// Delivers a mail to the server.
    ///
    /// If the task is cancelled, the delivery is interrupted the next time that libcurl asks whether to go on, which it usually does at least once a
    /// second. Once libcurl has read the whole mail, the delivery waits for the server's reply, at most 30 seconds.
    /// - Parameter mail: The mail.
    /// - Throws: A `TransportError` that says whether another attempt may succeed, with the server's reply; a `CancellationError`.
    public func deliver(_ mail: Mail) async throws {
        let interruption = SMTPDialogue.Interruption()
        let sender = bounces?.address(for: mail.id) ?? mail.from.address
        try await withTaskCancellationHandler {
            try await pool.run { [location] in
                try SMTPTransfer(location, interruption: interruption).send(mail.message, from: sender, to: mail.to.address)
            }
        } onCancel: {
            interruption.request()
        }
    }
}
