import Logging
import Roost

/// Sets up logging for the whole process: lines on standard error, from `LOG_LEVEL` up.
enum Log {
    static func start(_ configuration: Configuration) throws(ConfigurationError) {
        let level = try configuration.choice("LOG_LEVEL", default: Logger.Level.info)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }
}
