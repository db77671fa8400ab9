import Roost

/// Forwards the bytes of a WebSocket in both directions between a client and a service, each as fast as its reader accepts them.
struct Tunnel: Sendable {
    let client: any ByteChannel
    let upstream: any ByteChannel

    private enum End: Sendable {
        /// One side has ended.
        case ended
        /// The service was told that the client is going away. The rest that it sends is to be forwarded.
        case left
    }

    /// Runs until one side has ended. Both are closed then, after everything was sent to them.
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

    /// Forwards the bytes of the client. If the server stops, the service is told that the client is going away; its response closes the
    /// client's side with the same code. Within a frame, nothing can be sent, and the socket is closed.
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

    /// Returns a client's close frame with the code 1001 (RFC 6455 §5.5.1, §7.4.1), masked as required.
    private static func goingAway() -> [UInt8] {
        let mask = (0..<4).map { _ in UInt8.random(in: .min ... .max) }
        return [0x88, 0x82] + mask + [mask[0] ^ 0x03, mask[1] ^ 0xE9]
    }
}
