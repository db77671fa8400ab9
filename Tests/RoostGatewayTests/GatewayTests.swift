import Foundation
import Roost
import RoostDocuments
import RoostTesting
import Testing

@testable import RoostGateway

@Suite(.timeLimit(.minutes(5))) struct GatewayTests {
    /// Answers with what it was sent, so that a test sees what the gateway passes on.
    private static let mirror: Responder = { request, context in
        let fields = request.headers.fields.map { "\($0.name.lowercased())=\($0.value)" }.sorted().joined(separator: ";")
        let deadline = context.deadline == nil ? "never" : "some"
        return .text("\(request.method) \(request.target) \(fields) deadline=\(deadline)")
    }

    private static let routes = [
        Route("things.list", .get, "/things"), Route("things.add", .post, "/things", access: .signedIn),
        Route("things.take", .delete, "/things/{id}", access: .services),
    ]

    private func ask(_ request: Request, gateway: Gateway = Gateway()) async throws -> Response {
        let responder = try gateway.answering(to: [Upstream("things", routes: Self.routes, respond: Self.mirror)])
        return try await responder(request, RequestContext(requestID: "r1"))
    }

    private func text(_ response: Response) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 1 << 16), as: UTF8.self)
    }

    @Test func aPublicRouteIsPassedOn() async throws {
        let response = try await ask(Request(.get, "/things", query: "limit=2", headers: ["accept": "*/*"]))
        #expect(try await text(response) == "GET /things?limit=2 accept=*/* deadline=some")
    }

    @Test func onePathMayBeWrittenInManyWays() async throws {
        for path in ["/%74hings", "/thing%73/", "/%54hings", "/things%2F"] {
            let isKnown = PercentCoding.normalized(path).hasPrefix("/things") && !path.contains("%2F")
            #expect(try await ask(Request(.get, path)).status == (isKnown ? .ok : .notFound), "\(path)")
        }
        let options = try await ask(Request(.options, "/%74hings"))
        #expect(options.status == .noContent && options.headers["allow"] == "GET, HEAD, POST, OPTIONS")
        #expect(try await ask(Request(.options, "*")).status == .noContent)
    }

    @Test(arguments: ["/things/..", "/things/%2e", "/things/%20"])
    func aParameterThatCanNameNothingGoesNoFurther(path: String) async throws {
        let route = Route("things.one", .get, "/things/{id}")
        let gateway = try Gateway().answering(to: [Upstream("things", routes: [route], respond: Self.mirror)])
        #expect(try await gateway(Request(.get, path), RequestContext()).status == .unprocessable)
    }

    @Test func whoMayCallIsForTheServiceToSay() async throws {
        #expect(try await ask(Request(.post, "/things")).status == .ok)
    }

    @Test func aRouteForServicesHasNoDoor() async throws {
        let response = try await ask(Request(.delete, "/things/1", headers: ["x-service-key": "k", "x-service-name": "orders"]))
        #expect(response.status == .notFound)
    }

    @Test func whatAClientMayNotSayIsTakenOut() async throws {
        let headers: Headers = ["X-Service-Key": "k", "x-service-name": "orders", "x-request-timeout-ms": "1", "accept": "*/*"]
        #expect(try await text(ask(Request(.get, "/things", headers: headers))) == "GET /things accept=*/* deadline=some")
    }

    @Test func everyResponseProtectsABrowser() async throws {
        for request in [Request(.get, "/things"), Request(.get, "/nothing"), Request(.patch, "/things")] {
            let headers = try await ask(request).headers
            #expect(headers["x-content-type-options"] == "nosniff")
            #expect(headers["content-security-policy"]?.contains("default-src 'self'") == true)
        }
    }

    @Test func faultsAreProblems() async throws {
        let missing = try await ask(Request(.get, "/nothing"))
        #expect(missing.status == .notFound && missing.headers["content-type"] == ProblemDocument.mediaType)
        #expect(try await text(missing).contains("\"instance\":\"/nothing\",\"requestId\":\"r1\""))
        let wrong = try await ask(Request(.patch, "/things"))
        #expect(wrong.status == .methodNotAllowed && wrong.headers["allow"] == "GET, HEAD, POST")
    }

    @Test func theDocumentsTellWhatHasADoor() async throws {
        let upstreams = [Upstream("things", routes: Self.routes, respond: Self.mirror)]
        let description = SystemDescription("Things", contracts: [ContractDescription("things", routes: Self.routes)])
        let responder = try Gateway().answering(to: upstreams, describing: description)
        let document = try await text(responder(Request(.get, "/openapi.json"), RequestContext()))
        #expect(document.contains(#""/things":{"get":"#) && !document.contains("things.take"))
        let page = try await responder(Request(.get, "/docs"), RequestContext())
        #expect(page.status == .ok && page.headers["content-security-policy"]?.contains("default-src 'self'") == true)
        let closed = try Gateway(documents: false).answering(to: upstreams, describing: description)
        #expect(try await closed(Request(.get, "/docs"), RequestContext()).status == .notFound)
    }

    /// Routes of services among themselves, and with the site's files and the documents: all are named at once.
    @Test func twoMayNotClaimOneRoute() throws {
        let site = try TemporaryFolder()
        try Data("{}".utf8).write(to: URL(filePath: site.path + "/prices.json"))
        let upstreams = ["a", "b"].map { name in
            Upstream(name, routes: [Route("\(name).get", .get, PathPattern("/things/{\(name)}"))], respond: Self.mirror)
        }
        let more = Upstream(
            "c", routes: [Route("c.prices", .get, "/prices.json"), Route("c.docs", .get, "/docs"), Route("c.tell", .post, "/docs")],
            respond: Self.mirror)
        let gateway = Gateway(site: site.path)
        let faults = [
            "a.get and b.get both answer GET /things/{b}, which is /things/{a} too: give one another path or method",
            "c.prices and site.prices.json both answer GET /prices.json: give the route another path, or the site's file another name",
            "c.docs and documents.docs both answer GET /docs: give the route another path, or turn the documents off with `documents: false`",
        ]
        let description = SystemDescription("Things")
        #expect(try gateway.faults(of: upstreams + [more], describing: description) == faults)
        #expect {
            _ = try gateway.answering(to: upstreams + [more], describing: description)
        } throws: {
            ($0 as? ConfigurationError)?.faults == faults
        }
        #expect(try Gateway(documents: false).faults(of: [more], describing: description) == [])
    }
}
