/// The toolkit's own places between two acts that last.
package enum DurablePlace: String, CrashPlace {
    /// Jobs are claimed, and not yet begun.
    case jobsClaimed = "work.claimed"
    /// A job was handled, which is not yet recorded.
    case jobHandled = "work.handled"
    /// The end of a job is recorded.
    case jobSettled = "work.settled"
    /// The bus has events that the outbox still has too.
    case eventsPublished = "outbox.published"
    /// The outbox no longer has the events that the bus has.
    case eventsDeleted = "outbox.deleted"
    /// An event's effect is committed, which the bus does not know yet.
    case eventHandled = "events.handled"
    /// The bus knows that an event was handled.
    case eventSettled = "events.settled"
    /// An event has failed, and has just been parked.
    case eventParked = "events.parked"
    /// The server has accepted a mail, which is not yet recorded.
    case mailDelivered = "mail.delivered"
}
