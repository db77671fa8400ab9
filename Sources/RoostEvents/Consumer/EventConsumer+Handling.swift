import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EventConsumer {
    /// An event that was added to a line.
    struct Parking {
        let line: ParkedLine
        /// The time of its next attempt, if it is the first of its line.
        let due: Date
    }

    /// The result of trying the first event of a line.
    struct Retry {
        let line: ParkedLine
        /// The time of its next attempt; `nil` if it is done.
        let due: Date?
    }

    private enum Outcome {
        case done
        case failed(error: String, due: Date)
    }

    /// The largest number of events of a key that wait for a subscription. Beyond it, the first one gets no further attempts.
    private static let lineLimit = 1000

    /// Passes an event to its subscriptions, or parks it.
    /// - Parameters:
    ///   - envelope: The event.
    ///   - waiting: The subscriptions for which earlier events of the key are parked.
    /// - Returns: Where it was parked.
    /// - Throws: A `CancellationError`, or an error if the bus or the database cannot record the outcome.
    func handle(_ envelope: EventEnvelope, behind waiting: Set<String>) async throws -> [Parking] {
        let parked = ParkedEvents(database: database)
        var parkings: [Parking] = []
        for subscription in subscriptions[envelope.topic] ?? [] {
            let line = ParkedLine(subscription: subscription.name, key: envelope.key)
            if waiting.contains(subscription.name) {
                if try await parked.add(envelope, for: subscription.name) { parkings.append(Parking(line: line, due: .distantPast)) }
            } else if case .failed(let error, let due) = try await attempt(1, of: envelope, by: subscription.name, before: 0) {
                if try await parked.add(envelope, for: subscription.name, attempts: 1, due: due, error: error) {
                    parkings.append(Parking(line: line, due: due))
                }
            }
        }
        return parkings
    }

    /// Tries the first event of each line.
    func tryAgain(_ lines: [(line: ParkedLine, count: Int)]) async throws -> [Retry] {
        let parked = ParkedEvents(database: database)
        var retries: [Retry] = []
        for (line, count) in lines {
            guard let event = try await parked.first(of: line) else {
                // Somebody removed it.
                retries.append(Retry(line: line, due: nil))
                continue
            }
            let attempts = event.attempts + 1
            switch try await attempt(attempts, of: event.envelope, by: line.subscription, before: count - 1) {
            case .done:
                try await parked.remove(event)
                retries.append(Retry(line: line, due: nil))
            case .failed(let error, let due):
                try await parked.note(attempts, of: event, due: due, error: error)
                retries.append(Retry(line: line, due: due))
            }
        }
        return retries
    }

    /// Passes an event to a subscription once. The event is done if that succeeds; if the failure is permanent or was the last attempt's,
    /// it becomes a dead letter.
    /// - Parameter others: The number of events that wait behind it.
    private func attempt(
        _ number: Int, of envelope: EventEnvelope, by name: String, before others: Int
    ) async throws -> Outcome {
        let context = context(of: envelope, for: name)
        do {
            guard let subscription = subscriptions[envelope.topic]?.first(where: { $0.name == name }) else {
                throw Problem(
                    .unprocessable, "\(name) has been subscribed to another topic since the event was parked.", code: .unreadableEvent)
            }
            try await context.run(span: "process \(envelope.topic)", .consumer, span(of: envelope, for: name)) {
                try await subscription.handle(envelope, database)
            }
            return .done
        } catch {
            try Task.checkCancellation()
            let reason = FailureKind.reason(of: error)
            let isPermanent = FailureKind(of: error) == .permanent, isCrowded = others >= Self.lineLimit
            guard isPermanent || isCrowded || number >= retry.attempts else {
                let pause = retry.backoff.pause(after: number)
                context.logger.warning(
                    "\(name) failed, attempt \(number) of \(retry.attempts): \(reason). Next try in \(pause.roundedSeconds) s.")
                return .failed(error: reason, due: database.clock.now + pause.inSeconds)
            }
            do {
                try await bus.deadLetters.add(
                    DeadLetter(
                        envelope: envelope, group: group, error: "\(name): \(reason)", attempts: number, time: database.clock.now))
                deadLetters.increment()
            } catch  where FailureKind(of: error) == .permanent {
                context.logger.error(
                    "\(name) failed: \(reason). The event cannot be made a dead letter: \(error). Next try in an hour.")
                return .failed(error: reason, due: database.clock.now + 3600)
            }
            let why = isPermanent ? ", and another attempt would fail too" : isCrowded ? ", with \(others) events waiting behind it" : ""
            context.logger.error(
                """
                \(name) failed, attempt \(number) of \(retry.attempts)\(why): \(reason). \
                The event is now a dead letter of the group \(group), in \(bus.deadLetters.location).
                """)
            return .done
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
