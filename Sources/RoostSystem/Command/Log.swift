import Foundation
import Logging
import Roost

/// Sets up logging for the whole process: lines on standard error, from `LOG_LEVEL` up, without secrets.
enum Log {
    static func start(_ settings: Settings, without filter: SecretFilter) throws(ConfigurationError) {
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

/// Where the lines of the log go.
struct LogLines: TextOutputStream, Sendable {
    let filter: SecretFilter

    func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(filter.filtered(text).utf8)) }
}
