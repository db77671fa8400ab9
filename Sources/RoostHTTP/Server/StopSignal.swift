// A dispatch source is safe to use from any thread, but its protocol does not say so.
@preconcurrency import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The ways in which a process is asked to stop. From then on the signals do not end the process by themselves.
public final class StopSignal: Sendable {
    /// The signal's number each time the process is asked; 0 where its lifeline ended.
    public let requests: AsyncStream<Int32>
    // Held so that they stay armed.
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - signals: SIGTERM and SIGINT unless told.
    ///   - lifeline: whether the end of standard input counts too: whoever holds its other end is gone.
    public init(_ signals: [Int32] = [SIGTERM, SIGINT], lifeline: Bool = false) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(2))
        requests = stream
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.activate()
            return source
        }
        if lifeline { Self.watchInput { continuation.yield(0) } }
    }

    deinit { for source in sources { source.cancel() } }

    /// Reads standard input to its end on a thread of its own.
    private static func watchInput(_ ended: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "roost.lifeline").async {
            var bytes = [UInt8](repeating: 0, count: 256)
            while case let count = read(STDIN_FILENO, &bytes, bytes.count), count > 0 || count < 0 && errno == EINTR {}
            ended()
        }
    }

    /// Returns once the process is asked to stop, also where that was before.
    public func wait() async {
        for await _ in requests { return }
    }
}
