import Logging

extension RequestContext {
    /// The logger for work that was not given one: the logger of the service that the task belongs to, or else a general one.
    public static var defaultLogger: Logger {
        let current = Logger.current
        return current.label.isEmpty ? general : current
    }

    private static let general = Logger(label: "roost")

    /// The logger of the current call; outside a call, `defaultLogger`.
    public static var currentLogger: Logger { scoped?.logger ?? defaultLogger }

    /// Returns the metadata of the call under the keys of `LogKey`, for a line that is logged outside the call's task.
    /// - Parameter details: Further metadata for the line.
    public func logMetadata(_ details: Logger.Metadata = [:]) -> Logger.Metadata {
        var metadata = details
        metadata[LogKey.requestID] = "\(requestID)"
        metadata[LogKey.traceID] = "\(trace.traceID)"
        if let operation { metadata[LogKey.operation] = "\(operation)" }
        if let service = logger[metadataKey: LogKey.service] { metadata[LogKey.service] = service }
        return metadata
    }

    /// Adds the keys of `LogKey` to every line that is logged during a call, by any logger.
    public static let logMetadata = Logger.MetadataProvider { scoped?.logMetadata() ?? [:] }
}

extension Logger {
    /// Creates the logger of a service. Its lines have the service's name and, during a call, the other keys of `LogKey`, with any logging
    /// system that the program has bootstrapped.
    public init(service name: String) {
        let provider = LoggingSystem.metadataProvider.map { .multiplex([RequestContext.logMetadata, $0]) ?? $0 }
        self.init(label: name, metadataProvider: provider ?? RequestContext.logMetadata)
        self[metadataKey: LogKey.service] = "\(name)"
    }
}
