public import Roost
import Synchronization

/// Passes on calls to a service that speaks another protocol than their callers: reads each call, and makes it again.
public struct TranslatingCaller: Caller {
    /// The codec of the calls that are passed on.
    public let codec: any CallCodec
    private let endpoints: [String: Endpoint]

    /// Creates a caller.
    /// - Parameters:
    ///   - contracts: The contracts of the service.
    ///   - codec: The codec of the calls that are passed on.
    ///   - caller: Makes the calls in the protocol of the service.
    public init(_ contracts: [any Contract.Type], from codec: any CallCodec, to caller: any Caller) {
        self.codec = codec
        let made = contracts.flatMap { Self.endpoints(of: $0, over: TellingCaller(caller: caller)) }
        endpoints = Dictionary(made.map { ($0.route.operation, $0) }) { first, _ in first }
    }

    private static func endpoints<Served: Contract>(of contract: Served.Type, over caller: any Caller) -> [Endpoint] {
        contract.endpoints(of: contract.client(over: caller))
    }

    /// Makes a call, and returns the reply in the codec of its caller.
    /// - Throws: The `Problem` that the service replied with, or one that tells why no reply came.
    public func send(_ request: Request, for route: Route) async throws -> Response {
        guard let endpoint = endpoints[route.operation] else { throw Problem(.notFound) }
        let answer = TellingCaller.Answer()
        do {
            return try await TellingCaller.$answer.withValue(answer) { try await endpoint.respond(to: request, in: .currentOrNew) }
        } catch {
            // The endpoint takes what the service answers for the refusal of a call of its own.
            throw answer.problem.withLock { $0 } ?? error
        }
    }
}

/// Tells the call that it belongs to which problem a service has answered with.
private struct TellingCaller: Caller {
    final class Answer: Sendable {
        let problem = Mutex<Problem?>(nil)
    }

    @TaskLocal static var answer: Answer?

    let caller: any Caller

    var codec: any CallCodec { caller.codec }
    var serviceName: String? { caller.serviceName }

    func send(_ request: Request, for route: Route) async throws -> Response {
        do {
            let response = try await caller.send(request, for: route)
            guard response.status.code >= 400 else { return response }
            throw caller.codec.problem(in: response, try await response.body.collect(upTo: 1 << 20))
        } catch let problem as Problem {
            Self.answer?.problem.withLock { $0 = problem }
            throw problem
        }
    }
}
