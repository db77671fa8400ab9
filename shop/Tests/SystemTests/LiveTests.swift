import Foundation
import OrdersAPI
import RoostHTTP
import RoostSystemTesting
import Testing

/// Orders watched through the gateway by Python clients while the service is killed.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LiveTests {
    private static let life = ["pending", "reserved", "paid", "confirmed"]

    @Test(arguments: [[], ["--together"]])
    func aSocketAndAStreamOfEventsTellTheSame(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = HTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
        let socket = try await Watcher.start("socket", order.id, customer, at: shop)
        let events = try await Watcher.start("events", order.id, customer, at: shop)
        #expect(try await socket.end() == Self.life + ["1000"])
        #expect(try await events.end() == Self.life + ["end"])
        #expect(await shop.stop() == 0)
    }

    @Test func whoComesAgainSeesEachChangeOnce() async throws {
        let shop = try await ShopProcess.start()
        let http = HTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
        let events = try await Watcher.start("events", order.id, customer, at: shop)
        try await eventually("the goods are held") { try events.lines.contains("reserved") }
        shop.killService("orders")
        let lines = try await events.end()
        #expect(lines.contains("again"))
        #expect(lines.filter { $0 != "again" } == Self.life + ["end"])
        #expect(await shop.stop() == 0)
    }

    @Test func theStopDoesNotWaitForWatchers() async throws {
        let shop = try await ShopProcess.start()
        let http = HTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        // A slow payment keeps the order, and its watchers' streams, open.
        let order = try await customer.order("TEA-0002", paidBy: "tok_slow")
        let socket = try await http.webSocket(
            "/orders/\(order.id.text)/live", at: shop.address, subprotocols: ["roost", "bearer.\(customer.token)"])
        #expect(try await socket.receive() != nil)
        #expect(await shop.stop() == 0)
        while try await socket.receive() != nil {}
        #expect(await socket.closed().code == 1001)
    }
}

/// A process of `watch.py`, whose output lines are the statuses that it received.
private struct Watcher {
    private let process: Process
    private let file: URL
    private let folder: TemporaryFolder

    static func start(_ way: String, _ order: UUID, _ customer: Customer, at shop: ShopProcess) async throws -> Watcher {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("watch.py")
        let root = script.deletingLastPathComponent().appendingPathComponent("../../..").standardizedFileURL
        let command = "exec \"$(\(root.path)/scripts/python)\" \(script.path) \"$@\""
        return try Watcher(["-c", command, "watch", way, String(shop.address.port), order.text, customer.token])
    }

    private init(_ arguments: [String]) throws {
        folder = try TemporaryFolder()
        file = URL(fileURLWithPath: folder.path).appendingPathComponent("lines")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: file)
        try process.run()
    }

    /// The lines that it has written so far.
    var lines: [String] {
        get throws { String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init) }
    }

    /// All of its lines, after it has ended.
    func end() async throws -> [String] {
        try await eventually("the watcher ends", within: .seconds(90)) { !process.isRunning }
        #expect(process.terminationStatus == 0)
        return try lines
    }
}
