import ArgumentParser
import Roost
import RoostGRPC
import RoostHTTP

/// Prints what one call between two services costs as a bare function, as a local call, by gRPC and over HTTP, the latter also with another
/// client, in nanoseconds, one call after another.
struct Compare: AsyncParsableCommand {
    @Option(help: "A file with the order to send, in Protocol Buffers.") var message: String
    @Option(help: "Measure only this way.") var way: String?

    func run() async throws {
        let order = try Protobuf.decode(Order.self, from: try contents(of: message))
        let server = try await Serve.start(port: 0)
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        let identity = ServiceIdentity(name: "bench")
        let caller = ServiceCaller.grpc(to: address, as: identity)
        let client = PooledHTTPClient()
        let other = OtherClient(url: "http://127.0.0.1:\(server.port)")
        let byHTTP = ServiceCaller.rest(client, to: address, as: identity)
        let ways: [(name: String, orders: any OrdersAPI, batch: Int)] = [
            ("direct", Orders(), 100_000), ("local", Self.local, 20_000), ("grpc", OrdersAPIContract.client(over: caller), 1000),
            ("http", OrdersAPIContract.client(over: byHTTP), 1000), ("http-by-async-http-client", other, 1000),
        ]
        // As in a handler, which makes its calls as part of its own.
        try await RequestContext().run {
            for way in ways where self.way == nil || way.name == self.way {
                print(way.name, try await cost(of: way.orders, order, batch: way.batch))
            }
        }
        caller.close()
        client.shutdown()
        try await other.shutdown()
        await server.stop()
    }

    /// A client in this process: a function call through interceptors, in a task of its own.
    private static var local: any OrdersAPI {
        let orders = Orders()
        return OrdersAPIContract.client(
            of: Callee(LocalCallee(for: "bench", codec: nil) { LocalService(orders, endpoints: OrdersAPIContract.endpoints(of: orders)) }))
    }

    /// What is answered is looked at, or else the optimizer would leave out the call that it can look into.
    private func cost(of orders: any OrdersAPI, _ order: Order, batch: Int) async throws -> Double {
        var lines = 0
        let cost = try await medianNanoseconds(batch: batch) {
            for _ in 0..<batch { lines += try await orders.place(order).lines.count }
        }
        guard lines > 0, lines.isMultiple(of: batch * order.lines.count) else { throw ValidationError("The orders came back changed.") }
        return cost
    }
}
