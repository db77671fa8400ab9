import CartsAPI
import CatalogAPI
import Foundation
import OrdersAPI
import RecommendationsAPI
import Roost
import RoostHTTP
import RoostSystemTesting
import Testing

/// The shop with a program in another language in the place of recommendations, which works, fails in every way, or is not there.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RecommendationsTests {
    /// A working folder of the shop with another program.
    private final class Folder: Sendable {
        private let folder: TemporaryFolder
        var url: URL { URL(filePath: folder.path) }

        /// - Parameter mode: What the program does; `nil` if there is none.
        init(_ mode: String?) throws {
            folder = try TemporaryFolder()
            let files = FileManager.default, root = ShopProcess.root
            try files.copyItem(at: root.appending(path: "web"), to: url.appending(path: "web"))
            guard let mode else { return }
            let place = url.appending(path: "services/recommendations"),
                program = root.appending(path: "Tests/SystemTests/recommendations.py")
            try files.createDirectory(at: place, withIntermediateDirectories: true)
            let script = "#!/bin/sh\nexec python3 '\(program.path)' \(mode)\n"
            let run = place.appending(path: "run").path
            try #require(files.createFile(atPath: run, contents: Data(script.utf8), attributes: [.posixPermissions: 0o755]))
        }
    }

    /// Runs a test with a shop and a client of its gateway.
    private func run(
        _ mode: String?, _ arguments: [String] = [], _ test: (ShopProcess, HTTPTestClient) async throws -> Void
    ) async throws {
        let folder = try Folder(mode), shop = try await ShopProcess.start(arguments, in: folder.url), http = PooledHTTPClient()
        defer {
            http.shutdown()
            withExtendedLifetime(folder) {}
        }
        do {
            try await test(shop, HTTPTestClient(http, to: shop.address))
        } catch {
            Issue.record("\(shop.text)")
            throw error
        }
        let programs = shop.programs
        #expect(await shop.stop() == 0)
        #expect(programs.allSatisfy { kill($0, 0) != 0 })
    }

    private static let path = "/products/TEA-0001/recommendations"

    @Test(arguments: [[], ["--together"]]) func whatIsBoughtTogetherIsRecommended(arguments: [String]) async throws {
        try await run("serve", arguments) { shop, client in
            try await eventually("the program is ready") { shop.text.contains(#/recommendations +\| ready/#) }
            let http = PooledHTTPClient()
            defer { http.shutdown() }
            let customer = try await Customer.signedUp(at: shop, by: http)
            _ = try await patiently { try await customer.carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn) }
            _ = try await customer.end(of: try await customer.order("TEA-0002", paidBy: "tok_ok").id)
            let products = try await eventually("the recommendation") {
                let found = try await client.send(.get, Self.path).decode(as: RecommendedProducts.self).items
                return found.isEmpty ? nil : found
            }
            #expect(products.map(\.sku) == ["TEA-0002"] && products[0].price.amount > 0)
            // The call is part of the caller's trace.
            let trace = TraceContext.root()
            try await eventually("the trace") {
                _ = try await client.send(.get, Self.path, headers: ["traceparent": trace.traceparent, "x-request-id": "r-42"])
                return shop.text.contains("traceparent=00-\(trace.traceID)-") && shop.text.contains("x-request-id=r-42")
            }
        }
    }

    @Test func aProgramThatIsKilledIsStartedAgain() async throws {
        try await run("serve") { shop, client in
            for end in 1...2 {
                try await eventually("the program is ready") { shop.text.ranges(of: #/recommendations +\| ready/#).count == end }
                kill(try #require(shop.programs.first), SIGKILL)
                try await eventually("its end is told") { shop.text.ranges(of: "was killed by signal 9").count == end }
                let status = try await client.send(.get, Self.path).status
                #expect(status == .ok)
            }
            try await eventually("it is ready again") { shop.text.ranges(of: #/recommendations +\| ready/#).count == 3 }
        }
    }

    @Test(arguments: [
        (nil, "failed to run"), ("fail", "exited with code 1"), ("misconfigured", "exited with code 78 and is not restarted"),
    ])
    func theShopDoesWithoutAProgramThatFails(mode: String?, line: String) async throws {
        try await run(mode) { shop, client in
            try await eventually("its end is told") { shop.text.contains(#/recommendations +\| /#) && shop.text.contains(line) }
            let response = try await client.send(.get, Self.path), page = try await client.send(.get, "/products/TEA-0001")
            #expect(response.status == .ok && response.text == #"{"items":[]}"# && page.status == .ok)
            for _ in 0..<3 { _ = try await client.send(.get, Self.path) }
            let words = "recommendations is down: its fallback answers"
            try await eventually("it is told") { shop.text.contains(words) }
            #expect(shop.text.ranges(of: words).count == 1)
            #expect(try await client.send(.get, "/").status == .ok)
        }
    }

    @Test func aProgramThatHangsIsNotWaitedForLong() async throws {
        try await run("hang") { shop, client in
            try await eventually("the program is ready") { shop.text.contains(#/recommendations +\| ready/#) }
            let response = try await client.send(.get, Self.path)
            #expect(response.status == .ok && response.text == #"{"items":[]}"#)
            // The time may be over before the program is asked.
            try await eventually("it was asked with the trace") {
                _ = try await client.send(.get, Self.path)
                return shop.text.contains("asked with traceparent=00-")
            }
        }
    }

    @Test func theDocumentsDescribeIt() async throws {
        try await run(nil) { _, client in
            let document = try await client.send(.get, "/openapi.json").text
            #expect(document.contains("\"/products/{sku}/recommendations\"") && document.contains("RecommendedProducts"))
            #expect(!document.contains("/events/groups"))
            #expect(try await client.send(.get, "/protos/recommendations.proto").text.contains("service Recommendations {"))
            #expect(try await client.send(.get, "/asyncapi.json").text.contains("recommendations"))
        }
    }
}

extension ShopProcess {
    /// The processes of programs in other languages.
    fileprivate var programs: [Int32] { children.filter { $0.value.contains { $0.hasSuffix("recommendations.py") } }.map(\.key) }
}
