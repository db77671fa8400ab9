import Logging

extension RequestContext {
    /// The logger of work that has been given none: that of the service to which the task belongs, or a general one.
    public static var defaultLogger: Logger {
        let current = Logger.current
        return current.label.isEmpty ? general : current
    }

    private static let general = Logger(label: "roost")

    /// What each log line of the call says of it, under the keys of `LogKey`, for a line that is written outside of the call's task.
    /// - Parameter details: What the line says besides.
    public func logMetadata(_ details: Logger.Metadata = [:]) -> Logger.Metadata {
        var metadata = details
        metadata[LogKey.requestID] = "\(requestID)"
        metadata[LogKey.traceID] = "\(trace.traceID)"
        if let operation { metadata[LogKey.operation] = "\(operation)" }
        if let service = logger[metadataKey: LogKey.service] { metadata[LogKey.service] = service }
        return metadata
    }

    /// Gives every line that is logged during a call, by whichever logger, the keys of `LogKey`.
    public static let logMetadata = Logger.MetadataProvider { scoped?.logMetadata() ?? [:] }
}

extension Logger {
    /// Creates the logger of a service. Its lines bear the service's name and, during a call, the other keys of `LogKey`, whatever logging
    /// system the program has bootstrapped.
    public init(service name: String) {
        let provider = LoggingSystem.metadataProvider.map { .multiplex([RequestContext.logMetadata, $0]) ?? $0 }
        self.init(label: name, metadataProvider: provider ?? RequestContext.logMetadata)
        self[metadataKey: LogKey.service] = "\(name)"
    }
}
