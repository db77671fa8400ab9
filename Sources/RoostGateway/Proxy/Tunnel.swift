import Roost

/// The bytes of a WebSocket both ways between a client and a service, each way as fast as its reader takes them.
struct Tunnel: Sendable {
    let client: any ByteChannel
    let upstream: any ByteChannel

    private enum End: Sendable {
        /// Nothing more comes from there.
        case ended
        /// The service was told that the client goes away; what it still sends is to be passed on.
        case left
    }

    /// Runs until one side has ended; both are closed then, once what they were sent has gone.
    func run() async throws {
        try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask { try await passFromClient() }
            group.addTask { try await passToClient() }
            defer { group.cancelAll() }
            if try await group.next() == .left { _ = try await group.next() }
        }
        try await upstream.end()
        try await client.end()
    }

    private func passToClient() async throws -> End {
        while let bytes = try await upstream.read() { try await client.write(bytes) }
        return .ended
    }

    /// Where the server stops, the service is told as by a client that goes away. Its answer closes the client's side with the same code.
    /// In the middle of a frame nothing can be told, and the socket is cut.
    private func passFromClient() async throws -> End {
        var frames = FrameFollower()
        do {
            while let bytes = try await client.read() {
                frames.follow(bytes)
                try await upstream.write(bytes)
            }
            return .ended
        } catch is CancellationError where frames.isBetweenFrames && !Task.isCancelled {
            try await upstream.write(Self.goingAway())
            return .left
        }
    }

    /// A client's close frame with the code 1001 (RFC 6455 §5.5.1, §7.4.1), masked as a client's must be.
    private static func goingAway() -> [UInt8] {
        let mask = (0..<4).map { _ in UInt8.random(in: .min ... .max) }
        return [0x88, 0x82] + mask + [mask[0] ^ 0x03, mask[1] ^ 0xE9]
    }
}
