import ArgumentParser
import Roost
import RoostGRPC
import RoostHTTP

/// Prints what one call between two services costs in one process, by gRPC and over HTTP, in nanoseconds, one call after another.
struct Compare: AsyncParsableCommand {
    @Option(help: "A file with the order to send, in Protocol Buffers.") var message: String

    func run() async throws {
        let order = try Protobuf.decode(Order.self, from: try contents(of: message))
        let server = try await Serve.start(port: 0)
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        let identity = ServiceIdentity(name: "bench")
        let caller = GRPCCaller(to: address, as: identity)
        let client = HTTPClient()
        let byHTTP = HTTPCaller(client, to: address, as: identity)
        print("direct", try await cost(of: Orders(), order, batch: 100_000))
        print("grpc", try await cost(of: OrdersAPIContract.client(over: caller), order, batch: 1000))
        print("http", try await cost(of: OrdersAPIContract.client(over: byHTTP), order, batch: 1000))
        caller.close()
        client.shutdown()
        await server.stop()
    }

    private func cost(of orders: any OrdersAPI, _ order: Order, batch: Int) async throws -> Double {
        try await medianNanoseconds(batch: batch) { for _ in 0..<batch { _ = try await orders.place(order) } }
    }
}
