extension Problem {
    /// Creates the problem with which this service responds after an error.
    ///
    /// A problem of this service is kept. One of another service becomes a 502, 503 or 504 (see `passingOn(_:from:)`). Any other error is
    /// logged with the request's identifier. If the disk of this service is full or failing, it becomes a 503, because the call can succeed
    /// later, and otherwise a 500, whichever way the call came.
    /// - Parameters:
    ///   - error: The error that the handler threw.
    ///   - operation: What was called, for the log.
    ///   - context: The call's context.
    public init(telling error: any Error, of operation: String, in context: RequestContext) {
        if let problem = error as? Problem {
            self = problem.answer
            problem.log(of: operation, in: context)
        } else if error is CancellationError {
            self.init(499, "The call was cancelled.")
        } else {
            context.logger.error(
                "A handler failed.",
                metadata: context.logMetadata(["request": "\(operation)", "error": "\(String(reflecting: error))"]))
            if let stored = error as? DatabaseError, stored.code == .storage {
                self = .unavailable("The service cannot store anything at the moment.", retryAfter: 10)
                return
            }
            self.init(.internalError, "Something went wrong. Search the logs for the request identifier to find the cause.")
        }
    }

    /// The problem as this service answers with it.
    var answer: Problem {
        var answer = callee.map(answer(to:)) ?? self
        answer.cause = nil
        return answer
    }

    /// Returns the response of this service if a service that it relies on refused a call. The refusal is about the call of this service, and
    /// not about that of its own caller, so it becomes a 502. Only that the service is unavailable or busy, or took
    /// too long, is true for the caller as well.
    private func answer(to operation: String) -> Problem {
        switch status {
        case .unavailable: return .unavailable(message, retryAfter: headers["retry-after"].flatMap { Int($0) } ?? 1)
        case .tooManyRequests:
            let service = operation.prefix { $0 != "." }
            return .unavailable("The service \(service) is busy.", retryAfter: headers["retry-after"].flatMap { Int($0) } ?? 1)
        case .gatewayTimeout: return Problem(.gatewayTimeout, detail)
        default:
            return Problem(
                .badGateway, "A service that this one relies on failed. Search the logs for the request identifier to find the reason.",
                code: .upstreamError)
        }
    }

    private func log(of operation: String, in context: RequestContext) {
        if let callee {
            let service = callee.prefix { $0 != "." }
            context.logger.warning(
                "A call to another service failed.",
                metadata: context.logMetadata([
                    "request": "\(operation)", "callee": "\(service)", "callee-operation": "\(callee)", "status": "\(status.code)",
                    "code": "\(code.rawValue)", "error": "\(self)",
                ]))
        } else if let cause {
            context.logger.log(
                level: status.code < 500 ? .info : .warning, "A call was refused.",
                metadata: context.logMetadata([
                    "request": "\(operation)", "status": "\(status.code)", "code": "\(code.rawValue)", "error": "\(cause)",
                ]))
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
