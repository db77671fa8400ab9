extension Problem {
    /// Creates the problem that a caller may see of an error that a handler threw. An error other than a `Problem` is logged under the
    /// request's identifier and not revealed: callers see a 500, in every protocol.
    /// - Parameters:
    ///   - error: The error.
    ///   - operation: The operation that was called, for the log.
    ///   - context: The context of the call.
    public init(telling error: any Error, of operation: String, in context: RequestContext) {
        if let problem = error as? Problem {
            self = problem
        } else if error is CancellationError {
            self.init(499, "The call was cancelled.")
        } else {
            context.logger.error(
                "A handler failed.",
                metadata: context.logMetadata(["request": "\(operation)", "error": "\(String(reflecting: error))"]))
            self.init(.internalError, "Something went wrong. The request identifier locates it in the logs.")
        }
    }

    /// Returns the problem of a call that got no reply, for callers that must not know the service's address: it names the service instead.
    public func told(of route: Route) -> Problem {
        let service = route.operation.prefix { $0 != "." }
        var told = self
        told.detail =
            status == .gatewayTimeout
            ? "The service \(service) did not answer in time." : "The service \(service) is temporarily unavailable."
        return told
    }
}
