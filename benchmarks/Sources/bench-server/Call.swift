import ArgumentParser
import Roost
import RoostGRPC
import RoostHTTP

/// Calls a gRPC server for some seconds, so many calls at a time, and prints how many a second were answered.
struct Call: AsyncParsableCommand {
    @Option(help: "The server's TCP port.") var port: Int
    @Option(help: "How many calls are under way at a time.") var calls = 64
    @Option(help: "How long to call, in seconds.") var seconds = 3.0
    @Option(help: "A file with the order to send, in Protocol Buffers.") var message: String

    func run() async throws {
        let order = try Protobuf.decode(Order.self, from: try contents(of: message))
        let caller = ServiceCaller.grpc(to: HTTPAddress(host: "127.0.0.1", port: port), as: ServiceIdentity(name: "bench"))
        let orders = OrdersAPIContract.client(over: caller)
        let began = ContinuousClock.now
        let end = began + .seconds(seconds)
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<calls { group.addTask { try await Self.call(orders, with: order, until: end) } }
            return try await group.reduce(0, +)
        }
        print("calls", Int(Double(answered) / ((ContinuousClock.now - began) / .seconds(1))))
        caller.close()
    }

    private static func call(_ orders: any OrdersAPI, with order: Order, until end: ContinuousClock.Instant) async throws -> Int {
        var answered = 0
        while ContinuousClock.now < end {
            _ = try await orders.place(order)
            answered += 1
        }
        return answered
    }
}
