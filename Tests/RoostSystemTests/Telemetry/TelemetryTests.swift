import CoreMetrics
import Logging
import MetricsTestKit
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import RoostWork
import TestTools
import Testing
import Tracing

@Schema
private struct Arrival: Event {
    static let topic = "zoo.arrived"
    var name: String

    var key: String { name }
}

/// What a program sees of its calls that has bootstrapped a tracer, metrics and a log. (Each is bootstrapped once a process: each test has
/// one of its own.)
@Suite(.timeLimit(.minutes(5))) struct TelemetryTests {
    @Test func aCallIsOneTraceWhicheverWayItGoes() async {
        await #expect(processExitsWith: .success) {
            let tracer = TestTracer()
            InstrumentationSystem.bootstrap(tracer)
            let expected: [Way: [String]] = [
                .local: ["internal zoo.Zoo/Add"], .rest: ["server POST /animals", "client POST /animals"],
                .grpc: ["server zoo.Zoo/Add", "client zoo.Zoo/Add"],
            ]
            for way in Way.allCases {
                let caller = RequestContext()
                try await OpenZoo.run(way) { open in
                    let trace = try await caller.run { () async throws -> String? in
                        _ = try await open.client.add(Animal(name: "Ada"))
                        return try await open.client.context()[2]
                    }
                    #expect(trace == caller.trace.traceID)
                }
                let spans = tracer.finishedSpans.filter { $0.operationName.contains("dd") || $0.operationName == "POST /animals" }
                #expect(spans.map { "\($0.kind) \($0.operationName)" } == expected[way])
                #expect(spans.allSatisfy { $0.traceID == caller.trace.traceID && $0.status == nil })
                #expect(spans.dropLast().compactMap(\.parentSpanID) == spans.dropFirst().map(\.spanID))
                tracer.clear()
            }
        }
    }

    @Test func theCallersSpanIsTheParentAndFailuresAreMarked() async {
        await #expect(processExitsWith: .success) {
            let tracer = TestTracer()
            InstrumentationSystem.bootstrap(tracer)
            for way in Way.allCases {
                try await OpenZoo.run(way) { open in
                    _ = try? await RequestContext().run {
                        try await withSpan("mine") { _ in try await open.client.fail(kind: "escape") }
                    }
                }
                let spans = tracer.finishedSpans, mine = try #require(spans.first { $0.operationName == "mine" })
                let nearest = try #require(spans.last { $0.operationName != "mine" })
                #expect(nearest.parentSpanID == mine.spanID && Set(spans.map(\.traceID)).count == 1)
                #expect(spans.allSatisfy { $0.status?.code == .error })
                let told = spans.filter { $0.operationName != "mine" }
                #expect(told.allSatisfy { $0.attributes["error.type"]?.toSpanAttribute() == .string("500") && $0.errors.isEmpty })
                tracer.clear()
            }
        }
    }

    @Test func callsAreMeasuredByOperationAndStatus() async {
        await #expect(processExitsWith: .success) {
            let metrics = TestMetrics()
            MetricsSystem.bootstrap(metrics)
            for way in Way.allCases {
                try await OpenZoo.run(way) { open in
                    _ = try await open.client.add(Animal(name: "Ada"))
                    _ = try? await open.client.fail(kind: "problem")
                }
            }
            let http = ("http.request.method", "POST")
            let add = try metrics.expectTimer(
                "http.server.request.duration", [http, ("http.route", "/animals"), ("http.response.status_code", "200")])
            #expect(add.values.count == 1)
            for (label, system) in [("rpc.server.duration", "grpc"), ("rpc.client.duration", "grpc"), ("rpc.server.duration", "local")] {
                let method = [("rpc.system", system), ("rpc.service", "zoo.Zoo"), ("rpc.method", "Fail")]
                let failed = try metrics.expectTimer(label, method + [("rpc.response.status_code", "409")])
                #expect(failed.values.count == 1)
            }
        }
    }

    @Test func queuesAndPoolsAreMeasured() async {
        await #expect(processExitsWith: .success) {
            let metrics = TestMetrics()
            MetricsSystem.bootstrap(metrics)
            let folder = try TemporaryFolder()
            let database = try await Database.open(folder.databaseURL("work.db"), key: "URL", migrations: WorkTables.migrations)
            let queue = WorkQueue<Animal>("animals", in: database, options: WorkOptions(concurrency: 1))
            try await database.transaction { transaction in
                try await queue.add(Animal(name: "Wolf"), in: transaction)
                try await queue.add(Animal(name: "Ada"), in: transaction)
            }
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            let worker = Task {
                await queue.run { job in
                    if job.job.name == "Wolf" { throw Problem(.unprocessable, "no") }
                    try await database.transaction { try await queue.add(Animal(name: "Next"), in: $0) }
                    for await _ in held { break }
                }
            }
            let dimensions = [("messaging.destination.name", "animals")]
            try await eventually("a dead job") { (try? metrics.expectCounter("roost.queue.dead", dimensions).totalValue) == 1 }
            // The next one waits for as long as this one is worked on.
            try await eventually("an age") { try metrics.expectGauge("roost.queue.age", dimensions).values.contains { $0 > 0 } }
            hold.finish()
            worker.cancel()
            await worker.value
            let pool = [("db.system.name", "sqlite"), ("db.client.connection.pool.name", "work.db writer")]
            #expect(try metrics.expectTimer("db.client.connection.wait_time", pool).values.count > 2)
            await database.close()
        }
    }

    @Test func whatAConsumerHasNotHandledIsMeasured() async {
        await #expect(processExitsWith: .success) {
            let metrics = TestMetrics()
            MetricsSystem.bootstrap(metrics)
            let folder = try TemporaryFolder()
            let bus = try await SQLiteEventBus.open(folder.databaseURL("events.db"))
            let database = try await Database.open(folder.databaseURL("zoo.db"), migrations: Inbox.migrations)
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            let subscription = Subscription(Arrival.self, named: "greet") { event in
                if event.name == "Wolf" { throw Problem(.unprocessable, "no") }
                for await _ in held { break }
            }
            let consumer = try EventConsumer([subscription], group: "zoo", from: bus, into: database)
            let consuming = Task { try await consumer.run() }
            try await bus.publish(["Wolf", "Ada"].map { EventEnvelope(Arrival(name: $0), source: "test") })
            let group = [("messaging.consumer.group.name", "zoo")]
            try await eventually("a dead letter") { (try? metrics.expectGauge("roost.events.dead", group).values.contains(1)) ?? false }
            // The other one waits for as long as its handler does.
            try await eventually("an age") { (try? metrics.expectGauge("roost.events.age", group).values.contains { $0 > 0 }) ?? false }
            #expect(consumer.backlog.age > .zero)
            hold.finish()
            consuming.cancel()
            try? await consuming.value
            await database.close()
            await bus.close()
        }
    }

    @Test func eachLineOfACallSaysWhatItBelongsTo() async {
        await #expect(processExitsWith: .success) {
            let log = RecordedLog()
            log.bootstrap()
            try await TestSystem.run {
                LoggingService()
            } test: { system in
                let client = try await system.client(of: "speaker")
                let trace = TraceContext.root()
                let headers: Headers = ["x-request-id": "r-7", "traceparent": trace.traceparent]
                #expect(try await client.send(.get, "/speech", headers: headers).status == .ok)
                #expect(try await client.send(.get, "/silence", headers: headers).status == .notFound)
                let lines = log.lines.filter { $0.metadata[LogKey.requestID] == "r-7" }
                #expect(lines.map(\.text) == ["by the call's logger", "by any logger", "GET /speech 200", "GET /silence 404"])
                #expect(lines.map(\.level) == [.notice, .notice, .debug, .info])
                #expect(lines.allSatisfy { $0.metadata[LogKey.traceID] == "\(trace.traceID)" && $0.metadata[LogKey.service] == "speaker" })
                #expect(lines.prefix(3).allSatisfy { $0.metadata[LogKey.operation] == "speaker.speech" })
                #expect(lines.suffix(2).allSatisfy { $0.metadata["duration-ms"] != nil && $0.metadata["status"] != nil })
            }
        }
    }

    @Test func theLineOfARequestNamesTheRouteOrTheProcedure() async {
        await #expect(processExitsWith: .success) {
            let log = RecordedLog()
            log.bootstrap()
            for way in [Way.rest, .grpc] {
                try await OpenZoo.run(way) { _ = try await $0.client.add(Animal(name: "Ada")) }
            }
            let lines = log.lines.filter { $0.metadata[LogKey.operation] == "zoo.add" }.map(\.text)
            #expect(lines == ["POST /animals 200", "POST /zoo.Zoo/Add 200"])
        }
    }

    @Test func jobsAndEventsGoOnWithTheTraceOfTheirTransaction() async {
        await #expect(processExitsWith: .success) {
            let tracer = TestTracer()
            InstrumentationSystem.bootstrap(tracer)
            let folder = try TemporaryFolder()
            let database = try await Database.open(folder.databaseURL("work.db"), key: "URL", migrations: Outbox.migrations)
            let queue = WorkQueue<Animal>("animals", in: database)
            let done = AsyncStream.makeStream(of: String?.self)
            let worker = Task {
                await queue.run { _ in done.continuation.yield(RequestContext.current?.trace.traceID) }
            }
            let trace = try await RequestContext().run(span: "order", .client) { () async throws -> String? in
                try await database.transaction { transaction in
                    try await queue.add(Animal(name: "Ada"), in: transaction)
                    try await transaction.publish(Birth(name: "Ada"))
                }
                return RequestContext.current?.trace.traceID
            }
            #expect(await done.stream.first { _ in true } == trace && trace != nil)
            worker.cancel()
            await worker.value
            let spans = Set(tracer.finishedSpans.map { "\($0.kind) \($0.operationName)" })
            #expect(
                spans == [
                    "producer send births", "client transaction", "client INSERT", "client DELETE", "client order",
                    "consumer process animals",
                ])
            #expect(tracer.finishedSpans.allSatisfy { $0.traceID == trace })
            await database.close()
            withExtendedLifetime(folder) {}
        }
    }
}

@Schema
struct Birth: Event {
    static let topic = "births"
    var name: String
    var key: String { name }
}

@Contract("speaker")
protocol SpeakerAPI: Sendable {
    @Get("/speech") func speech() async throws -> String
}

private struct Speaker: SpeakerAPI {
    func speech() async throws -> String {
        RequestContext.current?.logger.notice("by the call's logger")
        Logger(label: "mine", metadataProvider: RequestContext.logMetadata).notice("by any logger")
        return "spoken"
    }
}

private struct LoggingService: ServiceDefinition {
    let name = "speaker"

    func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        ContractProvider(SpeakerAPIContract.self, by: Speaker())
    }
}
