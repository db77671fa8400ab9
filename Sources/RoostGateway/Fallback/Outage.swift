import Roost
import Synchronization

/// Whether the fallback of a service is used. The log says when that changes, and not at each request.
final class Outage: Sendable {
    private let service: String
    private let isUnderWay = Atomic(false)

    init(of service: String) { self.service = service }

    /// Notes that the fallback has answered.
    func note(_ cause: Problem, in context: RequestContext) {
        guard !isUnderWay.exchange(true, ordering: .relaxed) else { return }
        context.logger.warning("\(service) is down: its fallback answers", metadata: context.logMetadata(["cause": "\(cause)"]))
    }

    /// Notes that the service has answered.
    func noteEnd(in context: RequestContext) {
        guard isUnderWay.load(ordering: .relaxed), isUnderWay.exchange(false, ordering: .relaxed) else { return }
        context.logger.notice("\(service) answers again", metadata: context.logMetadata([:]))
    }
}

extension Fallback {
    private static let outages: Set<Status> = [.badGateway, .unavailable, .gatewayTimeout]

    /// Returns a responder that gives the fallback's reply if the service has none.
    func answering(for route: Route, instead pass: @escaping Responder, _ outage: Outage) -> Responder {
        guard let endpoint = endpoint(for: route) else { return pass }
        return { [limit] request, context in
            var quick = context
            let deadline = ContinuousClock.now + limit
            quick.deadline = min(context.deadline ?? deadline, deadline)
            // The outage has a line of its own.
            quick.logger.logLevel = max(context.logger.logLevel, .error)
            let result: Result<Response, any Error>, cause: Problem
            do {
                let response = try await pass(request, quick)
                result = .success(response)
                cause = Problem(response.status, "It answered with the status \(response.status.code).")
            } catch let problem as Problem {
                result = .failure(problem)
                cause = problem
            }
            guard Self.outages.contains(cause.status) else {
                outage.noteEnd(in: context)
                return try result.get()
            }
            guard let reply = try? await endpoint.respond(to: request, in: context) else { return try result.get() }
            outage.note(cause, in: context)
            return reply
        }
    }
}
