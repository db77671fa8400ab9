public import Logging
import Synchronization

/// A log that keeps its lines.
public final class RecordedLog: Sendable {
    /// A line of the log.
    public struct Line: Sendable {
        /// The level.
        public let level: Logger.Level
        /// The message.
        public let text: String
        /// The metadata of the line and of its logger.
        public let metadata: Logger.Metadata
    }

    private let kept = Mutex<[Line]>([])

    /// Creates a log without lines.
    public init() {}

    /// The lines so far.
    public var lines: [Line] { kept.withLock { $0 } }

    /// A logger that writes to the log.
    public var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// Makes the log that of the process, as a program may do. A process can do so once.
    public func bootstrap() { LoggingSystem.bootstrap { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
            log.kept.withLock { $0.append(Line(level: event.level, text: "\(event.message)", metadata: all)) }
        }
    }
}
