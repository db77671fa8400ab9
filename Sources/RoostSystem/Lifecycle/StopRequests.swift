import Foundation
import ServiceLifecycle
import UnixSignals

/// The ways in which a process is asked to stop: by signals, or by the end of its standard input if its parent holds the other end.
///
/// As a service, it ends at the first request.
struct StopRequests: Service {
    private let signals: UnixSignalsSequence
    private let lifeline: AsyncStream<Void>?

    /// Starts to listen, so that a request is not lost while the process starts.
    /// - Parameters:
    ///   - signals: The signals that ask to stop. They no longer end the process themselves.
    ///   - lifeline: Whether the end of standard input counts too.
    init(_ signals: [UnixSignal] = [.sigterm, .sigint], lifeline: Bool) async {
        self.signals = await UnixSignalsSequence(trapping: signals)
        self.lifeline = lifeline ? Self.endOfInput() : nil
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in signals { return } }
                if let lifeline { group.addTask { for await _ in lifeline { return } } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Reports each request until the task is cancelled.
    /// - Parameter asked: Receives the signal; `nil` if standard input ended.
    func forEach(_ asked: @escaping @Sendable (UnixSignal?) -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await signal in signals { asked(signal) } }
            if let lifeline { group.addTask { for await _ in lifeline { asked(nil) } } }
        }
    }

    /// Reads standard input to its end on a thread of its own.
    private static func endOfInput() -> AsyncStream<Void> {
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        DispatchQueue(label: "roost.lifeline").async {
            var bytes = [UInt8](repeating: 0, count: 256)
            while case let count = read(STDIN_FILENO, &bytes, bytes.count), count > 0 || count < 0 && errno == EINTR {}
            ended.yield()
        }
        return ends
    }
}
