import Foundation
import Logging
import Roost

/// Sets up logging for the whole process: lines on standard error, from `LOG_LEVEL` up, without secrets. It does nothing if the program has
/// bootstrapped a logging system of its own.
enum Log {
    /// Whether the program has bootstrapped another log handler than the default one of swift-log, as far as that can be detected.
    private static var isBootstrapped: Bool {
        LoggingSystem.metadataProvider != nil || !(Logger(label: "roost").handler is StreamLogHandler)
    }

    static func start(_ settings: Settings, without filter: SecretFilter, style: LogStyle = .standard) throws(ConfigurationError) {
        guard !isBootstrapped else { return }
        let level = try settings[.logLevel], format = try settings[.logFormat]
        let lines = LogLines(filter: filter, style: style)
        LoggingSystem.bootstrap(
            { label, metadata in
                var handler: any LogHandler =
                    switch format {
                    case .text: StreamLogHandler(label: label, stream: lines, metadataProvider: metadata)
                    case .json: JSONLogHandler(label: label, lines: lines, metadataProvider: metadata)
                    }
                handler.logLevel = level
                return handler
            }, metadataProvider: RequestContext.logMetadata)
    }
}

/// The output of the log.
struct LogLines: TextOutputStream, Sendable {
    let filter: SecretFilter
    let style: LogStyle

    /// Returns a text without secrets and without what the program's style hides.
    func hidden(_ text: String) -> String { style.hide(filter.filtered(text)) }

    /// Writes a text after hiding what must not be shown.
    func write(_ text: String) { write(line: hidden(text)) }

    /// Writes a line as it is. The caller has hidden what must not be shown.
    func write(line: String) { try? FileHandle.standardError.write(contentsOf: Data(line.utf8)) }
}
