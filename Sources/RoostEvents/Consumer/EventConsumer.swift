import Roost
import RoostData

/// Handles the events that a service subscribes to.
///
/// Every event is handled at least once, and what it does to the database takes effect once. Events of one key are handled in order;
/// those of others go on beside it. One that fails is tried again, with growing pauses, and becomes a dead letter in the end, so that
/// it never holds up the rest of its key for ever.
public struct EventConsumer: Sendable {
    private let subscriptions: [String: [Subscription]]
    private let group: String
    private let bus: any EventBus
    private let database: Database
    private let retry: RetryPolicy
    private let concurrency: Int

    /// - Parameters:
    ///   - group: the service's name. Of all the processes of a group one handles its events, and another takes over when it dies.
    ///   - database: the service's own, with `Inbox.migrations`.
    ///   - concurrency: the most events handled at once, of different keys.
    /// - Throws: a `ConfigurationError` where two subscriptions have the same name.
    public init(
        _ subscriptions: [Subscription], group: String, from bus: any EventBus, into database: Database,
        retry: RetryPolicy = RetryPolicy(), concurrency: Int = 16
    ) throws(ConfigurationError) {
        guard Set(subscriptions.map(\.name)).count == subscriptions.count else {
            throw ConfigurationError("two subscriptions of \(group) have the same name")
        }
        self.subscriptions = Dictionary(grouping: subscriptions, by: \.topic)
        self.group = group
        self.bus = bus
        self.database = database
        self.retry = retry
        self.concurrency = concurrency
    }

    /// Handles events until the task is cancelled. Where the bus or the database fails, it begins again behind the last commit.
    /// - Throws: a `ConfigurationError` where the bus cannot take the group.
    public func run() async throws(ConfigurationError) {
        var failures = 0
        while !subscriptions.isEmpty, !Task.isCancelled {
            do {
                let reader = try await bus.reader(group: group, topics: Set(subscriptions.keys))
                defer { reader.close() }
                failures = 0
                try await consume(from: reader)
            } catch let error as ConfigurationError {
                throw error
            } catch {
                if Task.isCancelled { return }
                failures += 1
                RequestContext.defaultLogger.error("The events of \(group) cannot be read: \(error)")
                await Task.pause(for: RetryPolicy.reconnect.delay(after: failures))
            }
        }
    }
}

extension EventConsumer {
    private enum Step {
        case read([EventDelivery])
        case settled(EventDelivery)
        case committed(Int64)
    }

    private static let windowCapacity = 256
    private static let commitsPerPruning = 256

    /// Reading, handling and committing go on beside each other; the window says what may.
    private func consume(from reader: any EventReader) async throws {
        try await withThrowingTaskGroup(of: Step.self) { tasks in
            var window = DeliveryWindow(capacity: Self.windowCapacity, concurrency: concurrency)
            var isReading = false, isCommitting = false, commits = 0
            while true {
                while let delivery = window.start() {
                    tasks.addTask {
                        try await handle(delivery)
                        return .settled(delivery)
                    }
                }
                if !isReading, window.room > 0 {
                    isReading = true
                    tasks.addTask { [room = window.room] in .read(try await reader.next(atMost: room)) }
                }
                if !isCommitting, let position = window.committable {
                    isCommitting = true
                    tasks.addTask { [commits] in
                        try await reader.commit(through: position)
                        if commits.isMultiple(of: Self.commitsPerPruning) { try await Inbox.prune(database) }
                        return .committed(position)
                    }
                    commits += 1
                }
                switch try await tasks.next() {
                case .read(let deliveries):
                    isReading = false
                    window.add(deliveries)
                case .settled(let delivery): window.settle(delivery)
                case .committed(let position):
                    isCommitting = false
                    window.commit(through: position)
                case nil: return
                }
            }
        }
    }

    /// - Throws: where the task is cancelled, or the bus does not take the dead letter.
    private func handle(_ delivery: EventDelivery) async throws {
        let envelope = delivery.envelope
        let trace = envelope.traceparent.flatMap(TraceContext.init(traceparent:))
        var context = RequestContext(principal: .service(group), trace: trace?.child() ?? .root())
        context.logger[metadataKey: "event"] = "\(envelope.topic) \(envelope.id)"
        for subscription in subscriptions[envelope.topic] ?? [] {
            try await handle(envelope, by: subscription, in: context)
        }
    }

    private func handle(_ envelope: EventEnvelope, by subscription: Subscription, in context: RequestContext) async throws {
        var attempts = 0
        while true {
            do {
                return try await context.run { try await subscription.handle(envelope, database) }
            } catch {
                try Task.checkCancellation()
                attempts += 1
                context.logger.warning("\(subscription.name) failed, attempt \(attempts): \(error)")
                if error is UndecodableEvent || attempts >= retry.attempts {
                    return try await bus.deadLetters.add(
                        DeadLetter(envelope: envelope, group: group, error: "\(subscription.name): \(error)", attempts: attempts))
                }
                try await Task.sleep(for: retry.delay(after: attempts))
            }
        }
    }
}
