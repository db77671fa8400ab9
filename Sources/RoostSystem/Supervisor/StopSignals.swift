import Dispatch
import Foundation

/// The ways in which a process is asked to stop, as a stream: one element each time it is asked.
struct StopSignals: Sendable {
    let requests: AsyncStream<Void>
    private let sources: [any DispatchSourceProtocol & Sendable]

    /// - Parameters:
    ///   - signals: what counts, such as `SIGTERM`; the process is not ended by them any more.
    ///   - lifeline: whether the end of standard input counts too: whoever started the process is gone.
    init(_ signals: [Int32], lifeline: Bool = false) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(2))
        requests = stream
        let queue = DispatchQueue(label: "roost.signals")
        var sources: [any DispatchSourceProtocol & Sendable] = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { continuation.yield() }
            return source
        }
        if lifeline {
            let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: queue)
            source.setEventHandler {
                var bytes: [UInt8] = Array(repeating: 0, count: 256)
                if read(STDIN_FILENO, &bytes, bytes.count) <= 0 {
                    source.cancel()
                    continuation.yield()
                }
            }
            sources.append(source)
        }
        for source in sources { source.resume() }
        self.sources = sources
    }

    /// Waits until the process is asked to stop.
    func first() async {
        for await _ in requests { return }
    }
}
