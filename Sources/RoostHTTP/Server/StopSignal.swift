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

/// Waits for SIGTERM or SIGINT, which from then on do not end the process by themselves.
public final class StopSignal: Sendable {
    private let signals: AsyncStream<Void>
    // Held so that they stay armed.
    private let sources: [any DispatchSourceSignal]

    public init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        signals = stream
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.activate()
            return source
        }
    }

    /// Returns once a signal has come, also where it came before.
    public func wait() async {
        for await _ in signals { return }
    }
}
