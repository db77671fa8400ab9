import Foundation
import Roost
import Testing

@testable import RoostGateway

@Suite(.timeLimit(.minutes(5))) struct SiteTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roost-site-\(UUID().uuidString)").path

    private func ask(_ path: String, headers: Headers = [:]) async throws -> Response {
        let files = [
            "index.html": "<p>home</p>", "app.js": "let a", "images/a.svg": "<svg/>", ".secret": "no", "docs/index.html": "docs",
            "a b/reindex.html": "r",
        ]
        for (name, content) in files {
            let file = URL(fileURLWithPath: folder).appendingPathComponent(name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await Gateway(site: folder).answering(to: [])(Request(.get, path, headers: headers), RequestContext())
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "<p>home</p>"), ("/app.js", "text/javascript; charset=utf-8", "let a"),
        ("/images/a.svg", "image/svg+xml", "<svg/>"), ("/docs/", "text/html; charset=utf-8", "docs"),
        ("/a%20b/reindex.html", "text/html; charset=utf-8", "r"), ("/%61pp%2Ejs", "text/javascript; charset=utf-8", "let a"),
        ("/%61%20b/reindex.html", "text/html; charset=utf-8", "r"), ("/images/a.sv%67", "image/svg+xml", "<svg/>"),
    ])
    func filesAreServed(path: String, type: String, content: String) async throws {
        let response = try await ask(path)
        #expect(response.status == .ok && response.headers["content-type"] == type)
        #expect(try await response.body.collect(upTo: 1000) == Array(content.utf8))
    }

    @Test(arguments: ["/.secret", "/images", "/nothing.html", "/../etc/passwd", "/%2e%2e/etc/passwd", "/images/../../etc/passwd"])
    func nothingElseIs(path: String) async throws { #expect(try await ask(path).status == .notFound) }

    @Test func whatABrowserHasIsNotSentAgain() async throws {
        let tag = try #require(try await ask("/app.js").headers["etag"])
        let again = try await ask("/app.js", headers: ["if-none-match": tag])
        #expect(again.status == .notModified && again.body.length == 0)
        #expect(try await ask("/app.js", headers: ["if-none-match": "\"other\""]).status == .ok)
        for value in ["W/\(tag)", "\"other\", \(tag)", "*"] {
            #expect(try await ask("/%61pp.js", headers: ["if-none-match": value]).status == .notModified)
        }
        #expect(try await ask("/app.js", headers: ["if-match": "\"other\""]).status == .preconditionFailed)
    }

    @Test func aFolderThatHoldsTooMuchStopsTheStart() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(FileManager.default.createFile(atPath: folder + "/large", contents: nil))
        try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/large")).truncate(atOffset: UInt64(Site.sizeLimit) + 1)
        #expect(throws: ConfigurationError("the site's folder \(folder) contains more than \(Site.sizeLimit) bytes")) {
            try Site(folder: folder)
        }
    }

    @Test func aFolderThatIsNotThereStopsTheStart() {
        #expect(throws: ConfigurationError("the site's folder /nowhere cannot be read")) { try Gateway(site: "/nowhere").answering(to: []) }
    }
}
