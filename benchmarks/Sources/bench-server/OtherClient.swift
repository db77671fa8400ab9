import AsyncHTTPClient
import NIOCore
import Roost

/// The orders by REST, as a program would call them that uses async-http-client and Roost's JSON.
struct OtherClient: OrdersAPI {
    private let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let url: String

    func place(_ order: Order) async throws -> Order {
        var request = HTTPClientRequest(url: url + "/orders")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: JSON.encode(order)))
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        return try JSON.decode(Order.self, from: Array(body.readableBytesView))
    }

    func shutdown() async throws { try await client.shutdown() }
}
