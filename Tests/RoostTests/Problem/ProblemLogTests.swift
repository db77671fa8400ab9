import Logging
import Synchronization
import Testing

@testable import Roost

/// What is not told to a client is in the log.
struct ProblemLogTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[(level: Logger.Level, metadata: Logger.Metadata)]>([])
        var all: [(level: Logger.Level, metadata: Logger.Metadata)] { kept.withLock { $0 } }
        func add(_ level: Logger.Level, _ metadata: Logger.Metadata?) { kept.withLock { $0.append((level, metadata ?? [:])) } }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add(event.level, event.metadata) }
    }

    private let lines = Lines()

    private func told(_ error: any Error) -> Problem {
        let logger = Logger(label: "test") { [lines] _ in Handler(lines: lines) }
        return Problem(telling: error, of: "carts.put", in: RequestContext(requestID: "r1", logger: logger))
    }

    @Test func aCalleesRefusalIsLoggedWithItsOperationStatusAndCode() throws {
        let code = Problem.Code(rawValue: "sold_out")
        let problem = told(Problem(.conflict, "None is left.", code: code).answered(by: "catalog.lookup"))
        #expect(problem.status == .badGateway && problem.code == .upstreamError && problem.callee == nil)
        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1 && line.level == .warning)
        let expected = [
            "request": "carts.put", "callee": "catalog", "callee-operation": "catalog.lookup", "status": "409", "code": "sold_out",
        ]
        for (key, value) in expected { #expect(line.metadata[key] == "\(value)") }
        #expect(line.metadata["error"]?.description.contains("None is left.") == true)
    }

    @Test func aCauseIsLoggedAndNotTold() throws {
        struct Torn: Error {}
        let problem = told(Problem(.conflict, "It is in use.", cause: Torn()))
        #expect(problem.status == .conflict && problem.cause == nil)
        #expect(try #require(lines.all.first).metadata["error"] == "Torn()")
    }

    @Test func aProblemWithoutACauseIsNotLogged() {
        #expect(told(Problem(.notFound)).status == .notFound)
        #expect(lines.all.isEmpty)
    }
}
