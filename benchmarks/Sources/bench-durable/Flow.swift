import ArgumentParser
import Foundation
import Measuring
import Roost
import RoostWorkflow

/// Measures workflows of three steps: each caller starts one after another, and waits until its end is durable. Prints what `measure` prints.
struct Flow: AsyncParsableCommand {
    @Option(help: "The database's URL.") var database: String
    @Option(help: "How many callers there are.") var callers = 1
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    func run() async throws {
        let database = try await openDatabase(database), watch = RunWatch()
        let workflows = Workflows([OrderFlow(watch: watch)], in: database)
        let working = Task { await workflows.run() }
        try await workflows.order(by: watch)
        try await measure(callers: callers, seconds: seconds) { try await workflows.order(by: watch) }
        working.cancel()
        await working.value
        await database.close()
    }
}

/// Measures the time from the call that starts a run until its first step begins, one run after the other. Prints the median and the 99th
/// percentile in milliseconds.
struct Begin: AsyncParsableCommand {
    @Option(help: "The database's URL.") var database: String
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    func run() async throws {
        let database = try await openDatabase(database), watch = RunWatch()
        let workflows = Workflows([OrderFlow(watch: watch)], in: database)
        let working = Task { await workflows.run() }
        let end = ContinuousClock.now + .seconds(seconds)
        var took: [Duration] = []
        while ContinuousClock.now < end { took.append(try await workflows.order(by: watch)) }
        working.cancel()
        await working.value
        await database.close()
        tellPercentiles(of: took)
    }
}

extension Workflows {
    /// Runs a workflow and waits until its end is durable.
    /// - Returns: The time until its first step began.
    @discardableResult
    fileprivate func order(by watch: RunWatch) async throws -> Duration {
        let id = UUID.v7().text
        return try await watch.run(id) { try await start(OrderFlow.self, PlacedOrder(id: id), id: id) }
    }
}
