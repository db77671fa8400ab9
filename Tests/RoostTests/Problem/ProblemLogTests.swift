import TestTools
import Testing

@testable import Roost

/// What is not told to a client is in the log.
struct ProblemLogTests {
    private let log = RecordedLog()

    private func told(_ error: any Error) -> Problem {
        Problem(telling: error, of: "carts.put", in: RequestContext(requestID: "r1", logger: log.logger))
    }

    @Test func aCalleesRefusalIsLoggedWithItsOperationStatusAndCode() throws {
        let code = Problem.Code(rawValue: "sold_out")
        let problem = told(Problem(.conflict, "None is left.", code: code).answered(by: "catalog.lookup"))
        #expect(problem.status == .badGateway && problem.code == .upstreamError && problem.callee == nil)
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1 && line.level == .warning)
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
        #expect(try #require(log.lines.first).metadata["error"] == "Torn()")
    }

    @Test func aProblemWithoutACauseIsNotLogged() {
        #expect(told(Problem(.notFound)).status == .notFound)
        #expect(log.lines.isEmpty)
    }
}
