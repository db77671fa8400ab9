import ArgumentParser
import Foundation
import Roost
import RoostData
import RoostEvents
import Synchronization

/// One of two processes: publishes events with transactions, one after the other with pauses, and relays them; or handles them. Then it idles until it is
/// stopped.
///
/// Prints `ready`. After the last event, one prints `done`, and the other the median and the 99th percentile of the milliseconds from the transaction
/// that published an event to its handler.
struct Relay: AsyncParsableCommand {
    @Option(help: "The folder of the databases.") var folder: String
    @Option(help: "The bus's URL; by default, that of an embedded log in the folder.") var bus: String?
    @Flag(help: "Handle the events that the other process publishes.") var handle = false
    @Option(help: "The number of events.") var events = 50
    @Option(help: "The milliseconds between two events.") var pause = 50

    func run() async throws {
        let bus = try await openBus(bus ?? "sqlite:\(folder)/events.db")
        try await bus.declare([GroupMembership("handler", topics: [TimedEvent.topic])])
        if handle { try await handle(from: bus) } else { try await publish(to: bus) }
    }

    private func publish(to bus: any EventBus) async throws {
        let database = try await Database.open("sqlite:\(folder)/publisher.db", key: "--folder", migrations: Outbox.migrations)
        async let relayed: Void = Outbox(database, to: bus, source: "publisher").run()
        tell("ready")
        try await database.transaction { try await $0.publish(TimedEvent.first) }
        while !FileManager.default.fileExists(atPath: mark) { try await Task.sleep(for: .milliseconds(20)) }
        for _ in 0..<events {
            try await Task.sleep(for: .milliseconds(pause))
            try await database.transaction { try await $0.publish(TimedEvent(seconds: monotonicSeconds())) }
        }
        tell("done")
        await relayed
    }

    /// The file that is there once the handler has had the first event. Only then is it a member of its group, which takes a while on some buses.
    private var mark: String { "\(folder)/handling" }

    private func handle(from bus: any EventBus) async throws {
        let database = try await Database.open("sqlite:\(folder)/handler.db", key: "--folder", migrations: Inbox.migrations)
        let times = Times(expected: events)
        let subscription = Subscription(TimedEvent.self, named: "handler") { [mark] event, transaction in
            guard event.seconds > 0 else { return transaction.onCommit { FileManager.default.createFile(atPath: mark, contents: nil) } }
            let took = Duration.seconds(monotonicSeconds() - event.seconds)
            transaction.onCommit { times.add(took) }
        }
        let consumer = try EventConsumer([subscription], group: "handler", from: bus, into: database)
        tell("ready")
        try await consumer.run()
    }
}

/// An event that says when it was published, by the system's monotonic clock.
@Schema
struct TimedEvent: Event {
    static let topic = "bench.timed"
    var seconds: Double

    /// An event that is not measured.
    static let first = TimedEvent(seconds: 0)
    var key: String { "\(seconds)" }
}

/// How long the events took.
private final class Times: Sendable {
    private let expected: Int
    private let took = Mutex<[Duration]>([])

    init(expected: Int) { self.expected = expected }

    func add(_ duration: Duration) {
        let all = took.withLock { took in
            took.append(duration)
            return took
        }
        if all.count == expected { tellPercentiles(of: all) }
    }
}
