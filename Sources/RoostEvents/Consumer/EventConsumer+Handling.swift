import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EventConsumer {
    /// The number of attempts at a delivery before it is parked.
    private static let directAttempts = 2

    /// Passes a delivery to its subscriptions, or parks it.
    /// - Returns: Whether it was parked for one of them.
    /// - Throws: A `CancellationError`, or an error if the database cannot record the outcome.
    func handle(_ delivery: Delivery) async throws -> Bool {
        if let fault = delivery.fault {
            try await refuse(delivery, because: fault)
            return false
        }
        var wasParked = false
        for subscription in subscriptions[delivery.envelope.topic] ?? [] {
            let event = ParkedEvent(delivery.envelope, for: subscription.name, generation: delivery.generation)
            let attempt = EventAttempt(event: event, subscription: subscription, parked: parked)
            if delivery.isRedelivered {
                // It may be why its last owner died or hung. Only a database remembers how often that happened.
                guard try await !attempt.isKnown else {
                    attempt.noteDuplicate()
                    continue
                }
                try await attempt.park(crashes: 1)
                wasParked = true
            } else if try await !handle(delivery.envelope, by: attempt) {
                wasParked = true
            }
        }
        return wasParked
    }

    /// Makes what is not an event a dead letter: of the subscriptions to its topic, or of the group if there are none.
    private func refuse(_ delivery: Delivery, because fault: String) async throws {
        let names = (subscriptions[delivery.envelope.topic] ?? []).map(\.name)
        for name in names.isEmpty ? [""] : names {
            var event = ParkedEvent(delivery.envelope, for: name, generation: delivery.generation)
            event.fault = fault
            var earlier = EarlierAttempts()
            (earlier.isOver, earlier.reason) = (true, fault)
            try await parked.add(event, after: earlier)
        }
        context(of: delivery.envelope, for: names.first ?? group).logger.error(
            "What was received is not an event: \(fault) It is now a dead letter, in the table roost_work.")
    }

    /// Tries an event that comes from the bus.
    /// - Returns: Whether nothing is left to do about it.
    private func handle(_ envelope: EventEnvelope, by attempt: EventAttempt) async throws -> Bool {
        let context = context(of: envelope, for: attempt.subscription.name)
        for number in 1...Self.directAttempts {
            do {
                try envelope.checkLimits()
                try await run(envelope, attempt, in: context)
                return true
            } catch {
                try Task.checkCancellation()
                let reason = FailureKind.reason(of: error), isLast = FailureKind(of: error) == .permanent || number >= retry.attempts
                let what = "\(attempt.subscription.name) failed, attempt \(number) of \(retry.attempts): \(reason)."
                if isLast {
                    try await attempt.end(after: number, because: reason)
                    context.logger.error("\(what) The event is now a dead letter, in the table roost_work.")
                    return true
                }
                guard number == Self.directAttempts else {
                    context.logger.warning("\(what) Next try at once.")
                    continue
                }
                let pause = retry.backoff.pause(after: number)
                try await attempt.park(after: number, pause, because: reason)
                context.logger.warning("\(what) Next try in \(pause.roundedSeconds) s.")
            }
        }
        return false
    }

    /// Tries an event that was parked.
    func tryAgain(_ job: ClaimedJob<ParkedEvent>) async throws {
        let event = job.job, envelope = event.envelope, context = context(of: envelope, for: event.subscription)
        let subscription = subscriptions[envelope.topic]?.first {
            $0.name == event.subscription || $0.formerNames.contains(event.subscription)
        }
        do {
            if let fault = event.fault { throw Problem(.unprocessable, fault) }
            guard let subscription else { return try await leave(job, in: context) }
            try await run(envelope, EventAttempt(event: event, subscription: subscription, parked: parked, job: job), in: context)
        } catch {
            if Task.isCancelled || error.isJobLost { throw error }
            try await context.run { try await job.fail(error) }
        }
    }

    /// How long an event waits for the version of the program that has its subscription, and how long each pause is until then.
    private static let longestAbsence: TimeInterval = 86_400, absencePause = Duration.seconds(60)

    /// Leaves a parked event whose subscription is not known here to another version of the program, for example during a deployment.
    private func leave(_ job: ClaimedJob<ParkedEvent>, in context: RequestContext) async throws {
        let what = "There is no subscription \(job.job.subscription) to the topic \(job.job.envelope.topic)."
        let row = try await database.first("SELECT added_at FROM roost_work WHERE \(job.fence)")
        guard let parkedAt: Date = try row?.get("added_at") else { return }
        guard database.clock.now.timeIntervalSince(parkedAt) < Self.longestAbsence else { throw Problem(.unprocessable, what) }
        context.logger.info("\(what) The event is left to other versions of the program for a day.")
        try await job.release(for: Self.absencePause)
    }

    private func run(_ envelope: EventEnvelope, _ attempt: EventAttempt, in context: RequestContext) async throws {
        let subscription = attempt.subscription
        try await context.run(span: "process \(envelope.topic)", .consumer, span(of: envelope, for: subscription.name)) {
            try await subscription.handle(envelope, attempt)
        }
    }

    private func span(of envelope: EventEnvelope, for subscription: String) -> KeyValuePairs<String, String> {
        [
            "messaging.system": "roost", "messaging.destination.name": envelope.topic, "messaging.operation.type": "process",
            "messaging.message.id": envelope.id, "messaging.consumer.group.name": group,
            "messaging.destination.subscription.name": subscription,
        ]
    }

    private func context(of envelope: EventEnvelope, for subscription: String) -> RequestContext {
        var context = RequestContext(resuming: envelope.traceparent, as: subscription, principal: .service(group))
        context.logger[metadataKey: LogKey.service] = "\(group)"
        context.logger[metadataKey: "event"] = "\(envelope.id)"
        context.logger[metadataKey: "topic"] = "\(envelope.topic)"
        context.logger[metadataKey: "group"] = "\(group)"
        context.logger[metadataKey: "subscription"] = "\(subscription)"
        return context
    }
}
