#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps the events that a group could not handle, until someone replays them.
public protocol DeadLetterQueue: Sendable {
    /// Keeps a letter. One of the same group and event takes the other's place.
    func add(_ letter: DeadLetter) async throws
    /// The oldest letters of a group first.
    /// - Parameter limit: the most to give.
    func list(group: String, limit: Int) async throws -> [DeadLetter]
    /// Hands the event to its group again, and to no other, behind all that it still has to handle. The letter is gone.
    /// - Returns: whether there was such a letter.
    @discardableResult
    func replay(_ eventID: String, group: String) async throws -> Bool
    /// Where a person finds them, for the log.
    var location: String { get }
}

extension DeadLetterQueue {
    public var location: String { "the bus's dead-letter queue" }
}

/// An event that could not be handled, and why.
public struct DeadLetter: Hashable, Sendable {
    public let envelope: EventEnvelope
    public let group: String
    /// What the last attempt threw.
    public let error: String
    /// How often it was tried.
    public let attempts: Int
    public let time: Date

    public init(envelope: EventEnvelope, group: String, error: String, attempts: Int, time: Date = Date()) {
        self.envelope = envelope
        self.group = group
        self.error = error
        self.attempts = attempts
        self.time = time
    }
}
