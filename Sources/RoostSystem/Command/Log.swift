import Foundation
import Logging
import Roost

/// Sets up logging for the whole process: lines on standard error, from `LOG_LEVEL` up, without the configuration's secrets.
enum Log {
    static func start(_ configuration: Configuration) throws(ConfigurationError) {
        let level = try configuration.choice("LOG_LEVEL", default: Logger.Level.info)
        let lines = LogLines(filter: SecretFilter(configuration))
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
