import Roost
import Testing

/// RFC 9457.
struct ProblemTests {
    @Test func writesADocument() async throws {
        let problem = Problem.invalid([Fault(pointer: "/a", rule: "range", message: "must be from 1 to 2")])
        let response = problem.response(instance: "/orders", requestID: "r-1")
        #expect(response.status == .unprocessable)
        #expect(response.headers["content-type"] == "application/problem+json")
        let text = String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self)
        #expect(
            text
                == #"{"type":"about:blank","title":"Unprocessable Content","status":422,"code":"unprocessable_content","detail":"The request has one fault.","#
                + #""instance":"/orders","requestId":"r-1","errors":[{"pointer":"/a","rule":"range","message":"must be from 1 to 2"}]}"#)
    }

    @Test func noCacheKeepsADocument() {
        #expect(Problem(.notFound).response(instance: "/", requestID: "r").headers.values("cache-control") == ["no-store"])
        let cacheable = Problem(.notFound, headers: ["cache-control": "max-age=60"])
        #expect(cacheable.response(instance: "/", requestID: "r").headers.values("cache-control") == ["max-age=60"])
    }

    @Test func leavesOutWhatSaysNothing() async throws {
        let response = Problem(.notFound).response(instance: "/x", requestID: "r")
        let text = String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self)
        #expect(text == #"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","instance":"/x","requestId":"r"}"#)
    }

    @Test func aCodeFollowsTheStatusUnlessItIsGiven() {
        var problem = Problem(.notFound)
        #expect(problem.code.rawValue == "not_found")
        problem.status = 499
        #expect(problem.code.rawValue == "status_499")
        problem.code = .upstreamError
        problem.status = .notFound
        #expect(problem.code == .upstreamError)
    }

    @Test func readsBackWhatItWrote() async throws {
        var problem = Problem.unavailable("Down.", retryAfter: 3)
        problem.code = .upstreamError
        problem.errors = [Fault(pointer: "", rule: "x", message: "y")]
        problem.headers["x-secret"] = "s"
        let response = problem.response(instance: "/", requestID: "r")
        let read = Problem(response: response, bytes: try await response.body.collect(upTo: 1000))
        #expect(read.status == .unavailable && read.detail == "Down." && read.code == .upstreamError && read.errors == problem.errors)
        #expect(read.headers["retry-after"] == "3" && read.headers["x-secret"] == nil)
    }

    @Test(arguments: ["", "<html>", "[]", #"{"status":"x"}"#])
    func readsWhatIsNoDocument(body: String) {
        let read = Problem(response: Response(.badGateway), bytes: Array(body.utf8))
        #expect(read.status == .badGateway && read.title == "Bad Gateway" && read.errors.isEmpty)
    }

    @Test func saysItAll() {
        let problem = Problem.invalid([Fault(pointer: "/a", rule: "r", message: "m"), Fault(pointer: "/b", rule: "r", message: "n")])
        #expect("\(problem)" == "422 Unprocessable Content: The request has 2 faults.: /a m; /b n")
    }

    @Test func accessIsChecked() throws {
        let admin = Principal.account("a", roles: ["admin"]), customer = Principal.account("c"), orders = Principal.service("orders")
        let table: [(Access, Principal, Int?)] = [
            (.anyone, .anonymous, nil), (.signedIn, .anonymous, 401), (.signedIn, customer, nil), (.role("admin"), admin, nil),
            (.role("admin"), customer, 403), (.role("admin"), .anonymous, 401), (.services, orders, nil), (.services, admin, 403),
        ]
        for (access, principal, status) in table {
            do {
                try access.check(principal)
                #expect(status == nil)
            } catch {
                #expect(error.status.code == status)
                #expect(status != 401 || error.headers["www-authenticate"] == "Bearer")
            }
        }
    }
}
