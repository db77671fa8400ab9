import Roost
import RoostData
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Handles the events that a service subscribes to.
///
/// Every event is handled at least once, and its changes of the database take effect once. Each subscription handles the events of a key in
/// order, concurrently with those of other keys. If a handler fails, the event is parked in the service's database, with the later ones of
/// its key behind it, and tried again after growing pauses. If the failure is permanent or the attempts are used up, it becomes a dead
/// letter, and the next event of the key follows.
public struct EventConsumer: Service {
    let subscriptions: [String: [Subscription]]
    let group: String
    let bus: any EventBus
    let database: Database
    let retry: RetryPolicy
    private let concurrency: Int
    let deadLetters: CountMetric

    /// Creates a consumer.
    /// - Parameters:
    ///   - subscriptions: The subscriptions of the service.
    ///   - group: The name of the service. One process of the group handles events; if it dies, another one takes over.
    ///   - bus: The bus.
    ///   - database: The service's own database, with `Inbox.migrations`.
    ///   - concurrency: The largest number of events, of different keys, that are handled at once.
    /// - Throws: A `ConfigurationError` if two subscriptions have the same name.
    public init(
        _ subscriptions: [Subscription], group: String, from bus: any EventBus, into database: Database,
        retry: RetryPolicy = RetryPolicy(), concurrency: Int = 16
    ) throws(ConfigurationError) {
        try ConfigurationError.check(Self.faults(of: subscriptions, group: group))
        self.subscriptions = Dictionary(grouping: subscriptions, by: \.topic)
        self.group = group
        self.bus = bus
        self.database = database
        self.retry = retry
        self.concurrency = concurrency
        deadLetters = CountMetric("roost.events.dead_letters", [("messaging.consumer.group.name", group)])
    }

    /// Returns the faults of a group's subscriptions, one line each. If two have the same name, the first one to handle an event would keep
    /// it from the other.
    public static func faults(of subscriptions: [Subscription], group: String) -> [String] {
        subscriptions.nameFaults.map { "\(group) \($0)" }
    }

    /// Handles events until the service is asked to stop or the task is cancelled. If the bus or the database fails, it continues after the
    /// last commit.
    /// - Throws: A `ConfigurationError` if the bus does not accept the group.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await consumeUntilCancelled() }
    }

    private func consumeUntilCancelled() async throws(ConfigurationError) {
        var failures = FailureStreak(.reconnect)
        while !subscriptions.isEmpty, !Task.isCancelled {
            let start = database.clock.uptime
            do {
                let reader = try await bus.reader(group: group, topics: Set(subscriptions.keys))
                defer { reader.close() }
                try await consume(from: reader)
            } catch let error as ConfigurationError {
                throw error
            } catch {
                if Task.isCancelled { return }
                let pause = failures.fail(afterRunning: database.clock.uptime - start)
                RequestContext.defaultLogger.error(
                    "The events of \(group) cannot be read or recorded as handled: \(error). Next try in \(pause.roundedSeconds) s.")
                try? await database.clock.sleep(for: pause)
            }
        }
    }
}

extension EventConsumer {
    private static let commitsPerPruning = 256

    /// Reads, handles, retries and commits concurrently; `ConsumerState` determines what is allowed.
    private func consume(from reader: any EventReader) async throws {
        let names = subscriptions.values.flatMap { $0.map(\.name) }
        var state = ConsumerState(concurrency: concurrency)
        let parked = ParkedEvents(database: database)
        try await parked.rename(subscriptions.values.flatMap(\.self))
        let lines = try await parked.lines(of: names)
        try await withThrowingTaskGroup(of: ConsumerState.Step.self) { tasks in
            var waits = state.add(lines), commits = 0
            repeat {
                for (line, due) in waits { tasks.addTask { try await wait(for: line, until: due) } }
                while let (key, lines) = state.startRetry() {
                    tasks.addTask { .retried(key, try await tryAgain(lines)) }
                }
                while let (delivery, waiting) = state.start() {
                    tasks.addTask { .settled(delivery, try await handle(delivery.envelope, behind: waiting)) }
                }
                if let room = state.startReading() { tasks.addTask { .read(try await reader.next(atMost: room)) } }
                if let position = state.startCommitting() {
                    tasks.addTask { [commits] in
                        try await reader.commit(through: position)
                        if commits.isMultiple(of: Self.commitsPerPruning) { try await Inbox.prune(database) }
                        return .committed(position)
                    }
                    commits += 1
                }
                guard let step = try await tasks.next() else { return }
                waits = state.take(step)
            } while true
        }
    }

    private func wait(for line: ParkedLine, until due: Date) async throws -> ConsumerState.Step {
        try await database.clock.sleep(for: .seconds(max(0, due.timeIntervalSince(database.clock.now))))
        return .due(line)
    }
}
