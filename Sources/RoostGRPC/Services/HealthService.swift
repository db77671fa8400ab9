import Roost

/// The health service for the probes and load balancers of gRPC: `grpc.health.v1.Health` (gRPC, "Health Checking Protocol").
public struct HealthService: Middleware {
    /// Returns whether a service is ready, or `nil` if there is no such service. The empty name stands for the whole process.
    public typealias Readiness = @Sendable (_ service: String) -> Bool?

    private enum ServingStatus: Int32 {
        case serving = 1
        case notServing, serviceUnknown
    }

    private static let check = "/grpc.health.v1.Health/Check"
    private static let watch = "/grpc.health.v1.Health/Watch"
    /// How often watchers are checked for a change.
    private static let period = Duration.seconds(1)

    private let isReady: Readiness

    /// Creates the service.
    /// - Parameter isReady: Returns whether a service is ready.
    public init(isReady: @escaping Readiness) { self.isReady = isReady }

    /// Creates the service for the services of contracts, by their full names, which are all ready or not together.
    public init(of contracts: [ContractDescription], isReady: @escaping @Sendable () -> Bool) {
        let names = Set(contracts.map { ProcedureName(operation: $0.name).fullName } + [""])
        self.init { names.contains($0) ? isReady() : nil }
    }

    /// Answers `Check` with the current state and `Watch` with each change of it, and passes all other requests on.
    /// - Throws: A `Problem` with status 404 if `Check` names an unknown service.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard request.path == Self.check || request.path == Self.watch else {
            return try await next(request, context)
        }
        let service = try await Self.service(in: request)
        if request.path == Self.watch { return Response(body: .stream(changes(of: service), length: nil)) }
        guard let isReady = isReady(service) else { throw Problem(.notFound, "There is no service \(service) here.") }
        return Response(body: .bytes(Self.message(isReady ? .serving : .notServing)))
    }

    /// Returns the current state, and then each change of it.
    private func changes(of service: String) -> MessageStream<[UInt8]> {
        let isReady = isReady
        return MessageStream(of: ()).transformed { _ in
            var last: ServingStatus?
            return {
                while true {
                    let now: ServingStatus = isReady(service).map { $0 ? .serving : .notServing } ?? .serviceUnknown
                    if now != last {
                        last = now
                        return Self.message(now)
                    }
                    try await Task.sleep(for: Self.period)
                }
            }
        }
    }

    private static func service(in request: Request) async throws -> String {
        let message = try await request.body.collect(upTo: 4096)
        do throws(DecodingFailure) {
            return try Protobuf.fields(of: message).last { $0.number == 1 }?.text ?? ""
        } catch {
            throw error.problem
        }
    }

    private static func message(_ status: ServingStatus) -> [UInt8] {
        var message = ProtobufWriter()
        message.field(1, status.rawValue)
        return message.bytes
    }
}

extension ProcedureName {
    /// The service with its package: `orders.Orders`.
    var fullName: String { package + "." + service }
}
