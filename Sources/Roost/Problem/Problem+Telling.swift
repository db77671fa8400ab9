extension Problem {
    /// What a caller may know of an error that a handler threw. One that is no `Problem` is logged, under the request's id, and not told: it
    /// is the same problem with status 500 by whichever way the call came.
    /// - Parameter operation: what was called, for the log.
    public init(telling error: any Error, of operation: String, in context: RequestContext) {
        if let problem = error as? Problem {
            self = problem
        } else if error is CancellationError {
            self.init(499, "The call was cancelled.")
        } else {
            context.logger.error(
                "A handler failed.",
                metadata: context.logMetadata(["request": "\(operation)", "error": "\(String(reflecting: error))"]))
            self.init(.internalError, "Something went wrong here. The request id finds it in the logs.")
        }
    }

    /// The problem of a call that got no answer, as whoever is far from the address may know it: which service it is, and not where.
    public func told(of route: Route) -> Problem {
        let service = route.operation.prefix { $0 != "." }
        var told = self
        told.detail =
            status == .gatewayTimeout
            ? "The service \(service) did not answer in time." : "The service \(service) is down for the moment."
        return told
    }
}
