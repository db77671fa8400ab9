import ArgumentParser
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf

/// grpc-swift-2 with its NIO transport, as its examples show it.
@main
struct GRPCPeer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [Serve.self, Call.self, Codec.self], defaultSubcommand: Serve.self)
}

struct Orders: Orders_Orders.SimpleServiceProtocol {
    func place(request: Orders_Order, context: ServerContext) async throws -> Orders_Order {
        guard request.isValid else { throw RPCError(code: .invalidArgument, message: "The order breaks a rule.") }
        return request
    }
}

struct Serve: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080

    func run() async throws {
        let server = GRPCServer(
            transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext), services: [Orders()])
        try await server.serve()
    }
}

/// Calls the server for some seconds, so many calls at a time, and prints how many a second were answered.
struct Call: AsyncParsableCommand {
    @Option(help: "The server's TCP port.") var port: Int
    @Option(help: "How many calls are under way at a time.") var calls = 64
    @Option(help: "How long to call, in seconds.") var seconds = 3.0
    @Option(help: "A file with the order to send, in Protocol Buffers.") var message: String

    func run() async throws {
        let order = try Orders_Order(serializedBytes: try Data(contentsOf: URL(filePath: message)))
        try await withGRPCClient(
            transport: .http2NIOPosix(target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
        ) { client in
            let orders = Orders_Orders.Client(wrapping: client)
            let began = ContinuousClock.now, end = began + .seconds(seconds)
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<calls { group.addTask { try await Self.call(orders, with: order, until: end) } }
                return try await group.reduce(0, +)
            }
            print("calls", Int(Double(answered) / ((ContinuousClock.now - began) / .seconds(1))))
        }
    }

    private static func call(
        _ orders: some Orders_Orders.ClientProtocol, with order: Orders_Order, until end: ContinuousClock.Instant
    ) async throws -> Int {
        var answered = 0
        while ContinuousClock.now < end {
            _ = try await orders.place(order)
            answered += 1
        }
        return answered
    }
}

/// Prints what swift-protobuf takes to decode and validate an order, and to encode it, in nanoseconds.
struct Codec: ParsableCommand {
    @Option(help: "A file with an order in Protocol Buffers.") var message: String

    func run() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: message)))
        let order = try Orders_Order(serializedBytes: bytes)
        print("protobuf-decode", try nanoseconds { guard try Orders_Order(serializedBytes: bytes).isValid else { throw ExitCode.failure } })
        print("protobuf-encode", try nanoseconds { let _: [UInt8] = try order.serializedBytes() })
    }

    /// The median of eleven batches, after one that warms up.
    private func nanoseconds(_ body: () throws -> Void) throws -> Double {
        var times: [Double] = []
        for _ in 0..<12 {
            let began = ContinuousClock.now
            for _ in 0..<2000 { try body() }
            times.append((ContinuousClock.now - began) / .nanoseconds(2000))
        }
        return (times.dropFirst().sorted()[5] * 10).rounded() / 10
    }
}
