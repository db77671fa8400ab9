import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EventConsumer {
    /// An event was added to a line.
    struct Parking {
        let line: ParkedLine
        /// When it is to be tried, where nothing stands before it.
        let due: Date
    }

    /// The first event of a line was tried.
    struct Retry {
        let line: ParkedLine
        /// When it is to be tried again; `nil` where it is done with.
        let due: Date?
    }

    private enum Outcome {
        case done
        case failed(error: String, due: Date)
    }

    /// The most events of a key that wait for a subscription: beyond, its first one has no more attempts.
    private static let lineLimit = 1000

    /// Hands an event to its subscriptions, or parks it.
    /// - Parameter waiting: the subscriptions for which earlier events of the key are parked.
    /// - Returns: where it was parked.
    /// - Throws: where the task is cancelled, or the bus or the database does not take what is to be noted.
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
                // Somebody took it away.
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

    /// Hands an event to a subscription once. It is done with where that succeeds, where the failure is permanent, and where there is
    /// to be no further attempt: then it is a dead letter.
    /// - Parameter others: how many events wait behind it.
    private func attempt(
        _ number: Int, of envelope: EventEnvelope, by name: String, before others: Int
    ) async throws -> Outcome {
        let context = context(of: envelope, for: name)
        do {
            guard let subscription = subscriptions[envelope.topic]?.first(where: { $0.name == name }) else {
                throw Problem(
                    .unprocessable, "\(name) is subscribed to another topic since the event was parked.", code: .unreadableEvent)
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
                return .failed(error: reason, due: Date() + pause.inSeconds)
            }
            do {
                try await bus.deadLetters.add(
                    DeadLetter(envelope: envelope, group: group, error: "\(name): \(reason)", attempts: number))
            } catch  where FailureKind(of: error) == .permanent {
                context.logger.error(
                    "\(name) failed: \(reason). The event cannot be made a dead letter: \(error). Next try in an hour.")
                return .failed(error: reason, due: Date() + 3600)
            }
            let why = isPermanent ? ", which no further attempt can change" : isCrowded ? ", with \(others) events waiting behind it" : ""
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
