import Foundation
import OrdersAPI
import RoostHTTP
import RoostSystemTesting
import TestTools
import Testing

/// Orders watched through the gateway by Python clients while the service is killed.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LiveTests {
    private static let life = ["pending", "reserved", "paid", "confirmed"]

    @Test(arguments: [[], ["--together"]])
    func aSocketAndAStreamOfEventsTellTheSame(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
        let socket = try await Watcher.start("socket", order.id, customer, at: shop)
        let events = try await Watcher.start("events", order.id, customer, at: shop)
        #expect(await socket.end() == Self.life + ["1000"])
        #expect(await events.end() == Self.life + ["end"])
        #expect(await shop.stop() == 0)
    }

    @Test func whoComesAgainSeesEachChangeOnce() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        var hasComeAgain = false
        // The payment takes three seconds, in which a busy machine may not have come to the kill.
        for _ in 1...5 where !hasComeAgain {
            let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
            let events = try await Watcher.start("events", order.id, customer, at: shop)
            try await eventually("the goods are held") { events.lines.contains("reserved") }
            shop.killService("orders")
            let lines = await events.end()
            #expect(lines.filter { $0 != "again" } == Self.life + ["end"])
            hasComeAgain = lines.contains("again")
        }
        #expect(hasComeAgain)
        #expect(await shop.stop() == 0)
    }

    @Test func theStopDoesNotWaitForWatchers() async throws {
        var code = try await codeOfAWatcherAtTheStop()
        // The order, which takes three seconds, may have ended first.
        for _ in 1...4 where code == 1000 { code = try await codeOfAWatcherAtTheStop() }
        #expect(code == 1001)
    }

    /// Stops the shop while an order is watched, and returns the code with which the socket is closed.
    private func codeOfAWatcherAtTheStop() async throws -> UInt16 {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        // A slow payment keeps the order, and its watchers' streams, open.
        let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
        let socket = try await http.webSocket(
            "/orders/\(order.id.text)/live", at: shop.address, subprotocols: ["roost", "bearer.\(customer.token)"])
        #expect(try await socket.receive() != nil)
        #expect(await shop.stop() == 0)
        while try await socket.receive() != nil {}
        return await socket.closed().code
    }
}

/// A process of `watch.py`, whose output lines are the statuses that it received.
private struct Watcher {
    private let process: TestProcess

    static func start(_ way: String, _ order: UUID, _ customer: Customer, at shop: ShopProcess) async throws -> Watcher {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("watch.py").path
        return Watcher(process: try await .python(script, [way, String(shop.address.port), order.text, customer.token]))
    }

    /// The lines that it has written so far.
    var lines: [String] { process.text.split(separator: "\n").map(String.init) }

    /// All of its lines, after it has ended.
    func end() async -> [String] {
        #expect(await process.end() == 0)
        return lines
    }
}
