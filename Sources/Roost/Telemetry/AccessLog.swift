import Logging

/// Logs one line for each request that a router answers: at `debug`, or at `info` if the request failed.
enum AccessLog {
    static func note(_ status: Status, of request: Request, in context: RequestContext, since start: ContinuousClock.Instant) {
        let level: Logger.Level = status.code >= 400 ? .info : .debug
        guard context.logger.logLevel <= level else { return }
        // The value of a placeholder may be a secret.
        let path = request.route.map { request.path == $0.procedure ? request.path : $0.path.description } ?? request.path
        let milliseconds = Double(Int(start.duration(to: .now) / .microseconds(1))) / 1000
        context.logger.log(
            level: level, "\(request.method) \(path) \(status.code)",
            metadata: context.logMetadata(["status": "\(status.code)", "duration-ms": "\(milliseconds)"]))
    }
}
