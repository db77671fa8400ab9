import Roost
import RoostData
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Handles the events that a service subscribes to. Any number of processes can do so at once: each is a member of the service's group.
///
/// Every event is handled at least once, and its changes of the database take effect once. Each subscription handles the events of a key in
/// order, concurrently with those of other keys. If a handler fails twice, the event is parked in the service's database, with the later ones
/// of its key behind it, and tried again after growing pauses. If the failure is permanent or the attempts are used up, it becomes a dead
/// letter, and the next event of the key follows, unless the subscription holds it.
///
/// A handler has no time limit of its own. One that does not return keeps a slot, the later events of its key and soon those of its whole lane.
public struct EventConsumer: Service {
    let subscriptions: [String: [Subscription]]
    let group: String
    let bus: any EventBus
    let database: Database
    let retry: RetryPolicy
    let parked: ParkedEvents
    let concurrency: Int
    /// The age of the events that the consumer has not handled.
    public let backlog: EventBacklog

    /// Creates a consumer.
    /// - Parameters:
    ///   - subscriptions: The subscriptions of the service.
    ///   - group: The name of the service.
    ///   - bus: The bus.
    ///   - database: The service's own database, with `Inbox.migrations`.
    ///   - retry: How often an event is tried, and the pauses between attempts. The second attempt is made at once.
    ///   - concurrency: The largest number of deliveries, of different keys, that are handled at once. Half as many parked events are handled
    ///     beside them.
    /// - Throws: A `ConfigurationError` if two subscriptions have the same name, or a name is not allowed.
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
        self.concurrency = max(1, concurrency)
        parked = ParkedEvents(in: database, retry: retry, concurrency: max(1, concurrency / 2))
        backlog = EventBacklog(of: group)
    }

    /// Returns the faults of a group's subscriptions, one line each. If two have the same name, the first one to handle an event would keep
    /// it from the other.
    public static func faults(of subscriptions: [Subscription], group: String) -> [String] {
        subscriptions.nameFaults.map { "\(group) \($0)" }
    }

    /// Handles events until the service is asked to stop or the task is cancelled. If the bus or the database fails, it joins the group again.
    /// - Throws: A `ConfigurationError` if the bus does not accept the group.
    public func run() async throws {
        guard !subscriptions.isEmpty else { return }
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await parked.queue.run { try await tryAgain($0) } }
                tasks.addTask { try await consumeUntilCancelled() }
                _ = try await tasks.next()
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
        }
    }

    private func consumeUntilCancelled() async throws {
        var failures = FailureStreak(.reconnect)
        while !Task.isCancelled {
            let start = database.clock.uptime
            do {
                for subscription in subscriptions.values.joined() { try await parked.rename(subscription) }
                let member = try await bus.join(GroupMembership(group, topics: Set(subscriptions.keys)))
                let result: Result<Void, any Error>
                do { result = .success(try await consume(from: member)) } catch { result = .failure(error) }
                backlog.leave()
                await withCancellationShield { await member.drain() }
                try result.get()
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
