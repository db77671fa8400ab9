import ArgumentParser
import Roost

/// Prints what one order costs to decode and validate, and to encode, in nanoseconds: JSON and Protocol Buffers.
struct Codec: AsyncParsableCommand {
    @Option(help: "A file with an order in JSON.") var order: String
    @Option(help: "A file with an order in Protocol Buffers.") var message: String

    func run() async throws {
        let text = try contents(of: order), bytes = try contents(of: message)
        let parsed = try JSON.decode(Order.self, from: text), received = try Protobuf.decode(Order.self, from: bytes)
        try await measure("json-decode") { _ = try JSON.decode(Order.self, from: text) }
        try await measure("json-encode") { _ = JSON.encode(parsed) }
        try await measure("protobuf-decode") { _ = try Protobuf.decode(Order.self, from: bytes) }
        try await measure("protobuf-encode") { _ = Protobuf.encode(received) }
    }

    private func measure(_ name: String, _ body: () throws -> Void) async throws {
        let batch = 5000
        print(name, try await medianNanoseconds(batch: batch) { for _ in 0..<batch { try body() } })
    }
}
