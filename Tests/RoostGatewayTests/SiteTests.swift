import Foundation
import Roost
import RoostGateway
import RoostTesting
import Testing

@Suite struct SiteTests {
    @Test func filesAreServedByTheirKind() async throws {
        try await site([
            "index.html": "<p>home</p>", "a/index.html": "a", "app.js": "1", "a/b c.svg": "<svg/>", "x.bin": "x", "reindex.html": "r",
        ]) { client in
            let kinds = [
                ("/", "text/html; charset=utf-8", "<p>home</p>"), ("/a/", "text/html; charset=utf-8", "a"),
                ("/reindex.html", "text/html; charset=utf-8", "r"), ("/app.js", "text/javascript; charset=utf-8", "1"),
                ("/a/b%20c.svg", "image/svg+xml", "<svg/>"),
                ("/x.bin", "application/octet-stream", "x"),
            ]
            for (target, type, text) in kinds {
                let response = try await client.send(.get, target)
                #expect(response.status == 200, "\(target)")
                #expect(response.headers["content-type"] == type && response.text == text, "\(target)")
                #expect(response.headers["x-content-type-options"] == "nosniff")
            }
            let head = try await client.send(.head, "/")
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers["content-length"] == "11")
            #expect(try await client.send(.post, "/").status == 405)
        }
    }

    @Test func aFileThatABrowserHasIsNotSentAgain() async throws {
        try await site(["a.css": "p{}", "b.css": "q{}"]) { client in
            let tag = try #require(try await client.send(.get, "/a.css").headers["etag"])
            let same = try await client.send(.get, "/a.css", headers: ["if-none-match": tag])
            #expect(same.status == 304 && same.bytes.isEmpty && same.headers["etag"] == tag)
            #expect(try await client.send(.get, "/b.css", headers: ["if-none-match": tag]).status == 200)
        }
    }

    @Test func whatIsOutsideOrHiddenIsNotThere() async throws {
        try await site(["index.html": "home", ".env": "secret", ".git/config": "secret", "a/b.txt": "b"]) { client in
            for target in [
                "/../secret.txt", "/a/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.env", "/.git/config", "/a",
            ] {
                let response = try await client.send(.get, target)
                #expect(response.status == 404, "\(target)")
            }
        }
    }

    @Test func aServicesRouteAndASitesFileAreFoundSideBySide() async throws {
        try await site(["index.html": "home"]) { client in
            let route = try await client.send(.get, "/echo/a"), file = try await client.send(.get, "/")
            #expect(route.status == 200 && file.text == "home")
        }
    }

    @Test func aFolderThatIsNotThereOrTooLargeStopsTheStart() throws {
        #expect(throws: ConfigurationError("the site's folder /no/such/folder cannot be read")) { try Site(folder: "/no/such/folder") }
        let folder = try TemporaryFolder()
        let path = folder.path + "/large"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: UInt64(Site.sizeLimit) + 1)
        #expect(throws: ConfigurationError("the site's folder \(folder.path) holds more than \(Site.sizeLimit) bytes")) {
            try Site(folder: folder.path)
        }
    }

    /// Serves a folder of files, with a secret beside it.
    private func site(_ files: [String: String], _ test: (TestClient) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let url = URL(fileURLWithPath: folder.path + "/site/" + name)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try Data("secret".utf8).write(to: URL(fileURLWithPath: folder.path + "/secret.txt"))
        try await behind(Gateway(site: folder.path + "/site")) { try await test($0) }
    }
}
