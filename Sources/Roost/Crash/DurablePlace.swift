/// The toolkit's own places between two durable operations.
package enum DurablePlace: String, CrashPoint {
    /// Jobs are claimed, and not yet begun.
    case jobsClaimed = "work.claimed"
    /// A job was handled, which is not yet recorded.
    case jobHandled = "work.handled"
    /// The end of a job, or of a batch of jobs, is recorded.
    case jobSettled = "work.settled"
    /// A step of a run was done, which is not yet recorded.
    case stepDone = "run.step-done"
    /// Steps of a run are recorded.
    case stepsRecorded = "run.steps-recorded"
    /// A step of a run was undone, which is not yet recorded.
    case stepUndone = "run.step-undone"
    /// The end of a run is recorded.
    case runEnded = "run.ended"
    /// The bus has events that the outbox still has too.
    case eventsPublished = "outbox.published"
    /// An event was handled, which the bus does not know yet.
    case eventHandled = "events.handled"
    /// The bus was told that an event was handled.
    case eventSettled = "events.settled"
    /// The server has accepted a mail, which is not yet recorded.
    case mailDelivered = "mail.delivered"
}
