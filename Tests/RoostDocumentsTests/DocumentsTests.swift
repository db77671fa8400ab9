import Roost
import RoostHTTP
import Testing

@testable import RoostDocuments

@Suite struct DocumentsTests {
    private static let documents = Documents(of: OpenAPITests.zoo)

    private func ask(_ path: String, headers: Headers = [:], beside others: [Endpoint] = []) async throws -> Response {
        try await Router(others + Self.documents.endpoints(beside: others)).responder(
            Request(.get, path, headers: headers), RequestContext())
    }

    private func text(_ response: Response) async throws -> String {
        String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    @Test(arguments: [
        ("/openapi.json", "application/json", #"{"openapi":"3.1.0""#), ("/asyncapi.json", "application/json", #"{"asyncapi":"3.0.0""#),
        ("/docs", "text/html; charset=utf-8", "<!DOCTYPE html>"), ("/docs/explorer.css", "text/css; charset=utf-8", ":root"),
        ("/docs/explorer.js", "text/javascript; charset=utf-8", "// The page"),
    ])
    func isServed(path: String, type: String, start: String) async throws {
        let response = try await ask(path)
        #expect(response.headers["content-type"] == type)
        #expect(try await text(response).hasPrefix(start))
    }

    @Test func whoHasItIsNotSentItAgain() async throws {
        let tag = try #require(try await ask("/openapi.json").headers["etag"])
        let again = try await ask("/openapi.json", headers: ["if-none-match": tag])
        #expect(again.status == .notModified && again.body.length == 0)
        #expect(try await ask("/openapi.json", headers: ["if-none-match": "\"other\""]).status == .ok)
    }

    @Test func aRouteOfTheSystemItselfComesFirst() async throws {
        let own = Endpoint(Route("own.docs", .get, "/docs")) { _ in .text("own") }
        #expect(try await text(ask("/docs", beside: [own])) == "own")
    }

    /// The page refers only to its own files, so that it works without a network and under a strict Content Security Policy.
    @Test func everyFileThatThePageNamesIsServed() async throws {
        var names: Set = ["/docs/explorer.css", "/docs/explorer.js"]
        let page = try await text(ask("/docs"))
        #expect(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick") && !page.contains("<script>"))
        for name in ["explorer", "operation", "events"] {
            let script = try await text(ask("/docs/\(name).js"))
            for match in script.matches(of: /from "\.\/([a-z]+\.js)"/) { names.insert("/docs/" + match.1) }
        }
        #expect(names.count > 6)
        for name in names { #expect(try await ask(name).status == .ok, "\(name)") }
    }
}
