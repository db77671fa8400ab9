import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A mail that could not be delivered: a dead letter.
public struct FailedMail: Sendable {
    /// The identifier of the mail.
    public let id: UUID
    /// The mail, or an error if the stored data cannot be read as one.
    public let mail: Result<Mail, any Error>
    /// Why the mail could not be delivered. If the server refused it, this contains the server's reply.
    public let reason: String
    /// The number of attempts.
    public let attempts: Int
    /// The time of the last attempt.
    public let date: Date
}

extension MailQueue {
    /// Returns the mails that could not be delivered, the oldest first. They are kept for the policy's retention.
    /// - Parameter limit: The largest number to return.
    /// - Throws: A `DatabaseError`.
    public func failed(limit: Int) async throws -> [FailedMail] {
        try await jobs.dead(limit: limit).compactMap { dead in
            UUID(text: dead.id).map { id in
                let mail = dead.job.flatMap { queued in Result { try queued.mail as Mail } }
                return FailedMail(id: id, mail: mail, reason: dead.reason, attempts: dead.attempts, date: dead.date)
            }
        }
    }

    /// Tries to deliver a mail again that could not be delivered, with all of its attempts and the same `Message-ID`.
    /// - Parameter id: The identifier of the mail.
    /// - Returns: Whether there is such a mail.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func retry(_ id: UUID) async throws -> Bool { try await jobs.retry(id.text) }

    /// Deletes a mail that could not be delivered.
    /// - Parameter id: The identifier of the mail.
    /// - Returns: Whether there was such a mail.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func discard(_ id: UUID) async throws -> Bool { try await jobs.discard(id.text) }
}
