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

    static func start(_ settings: Settings, without filter: SecretFilter) throws(ConfigurationError) {
        guard !isBootstrapped else { return }
        let level = try settings[.logLevel]
        let lines = LogLines(filter: filter)
        LoggingSystem.bootstrap(
            { label, metadata in
                var handler = StreamLogHandler(label: label, stream: lines, metadataProvider: metadata)
                handler.logLevel = level
                return handler
            }, metadataProvider: RequestContext.logMetadata)
    }
}

/// The output of the log.
struct LogLines: TextOutputStream, Sendable {
    let filter: SecretFilter

    func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(filter.filtered(text).utf8)) }
}
