#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event that could not be handled or published, and why. It is kept until a person decides.
public struct DeadLetter: Hashable, Sendable {
    /// Identifies the dead letter in its database.
    public let id: String
    /// The event.
    public let envelope: EventEnvelope
    /// The subscription that could not handle the event; `nil` if the bus did not take it, or what was
    /// received is not an event and of no topic that the service handles.
    public let subscription: String?
    /// The reason.
    public let error: String
    /// The number of attempts.
    public let attempts: Int
    /// The time at which the last attempt ended.
    public let time: Date
    /// Whether the later events of its key wait until somebody decides.
    public let holdsKey: Bool
}
