import Roost
import RoostDocuments

@testable import RoostGateway

extension Gateway {
    /// Returns the gateway as a responder that answers with the problems it finds, as its server does.
    func answering(to upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError) -> Responder {
        let responder = try responder(to: upstreams, describing: description)
        return { request, context in
            do {
                return try await responder(request, context)
            } catch let problem as Problem {
                return problem.response(instance: request.path, requestID: context.requestID)
            }
        }
    }
}
