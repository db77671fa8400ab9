import Roost

/// Bytes both ways between a client and a service, each way as fast as its reader takes them.
struct Tunnel: Sendable {
    let client: any ByteChannel
    let upstream: any ByteChannel

    /// Runs until one side has ended; both are closed then, once what they were sent has gone.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.pass(from: client, to: upstream) }
            group.addTask { try await Self.pass(from: upstream, to: client) }
            defer { group.cancelAll() }
            try await group.next()
        }
        try await upstream.end()
        try await client.end()
    }

    private static func pass(from source: any ByteChannel, to target: any ByteChannel) async throws {
        while let bytes = try await source.read() { try await target.write(bytes) }
    }
}
