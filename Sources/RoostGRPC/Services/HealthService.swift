import Roost

/// The health service that gRPC's probes and balancers ask: `grpc.health.v1.Health` (gRPC, "Health Checking Protocol").
public struct HealthService: Middleware {
    /// Whether a service is ready; `nil` where there is none of that name. The empty name is the whole process'.
    public typealias Readiness = @Sendable (_ service: String) -> Bool?

    private enum ServingStatus: Int32 {
        case serving = 1
        case notServing, serviceUnknown
    }

    private static let check = "/grpc.health.v1.Health/Check"
    private static let watch = "/grpc.health.v1.Health/Watch"
    /// How often it is looked for a change that a watcher is to be told.
    private static let period = Duration.seconds(1)

    private let isReady: Readiness

    public init(isReady: @escaping Readiness) { self.isReady = isReady }

    /// - Parameter services: the contracts' services by their full names, all ready or not together.
    public init(of contracts: [ContractDescription], isReady: @escaping @Sendable () -> Bool) {
        let names = Set(contracts.map { ProcedureName(operation: $0.name).fullName } + [""])
        self.init { names.contains($0) ? isReady() : nil }
    }

    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard request.path == Self.check || request.path == Self.watch else {
            return try await next(request, context)
        }
        let service = try await Self.service(in: request)
        if request.path == Self.watch { return Response(body: .stream(changes(of: service), length: nil)) }
        guard let isReady = isReady(service) else { throw Problem(.notFound, "There is no service \(service) here.") }
        return Response(body: .bytes(Self.message(isReady ? .serving : .notServing)))
    }

    /// What it is now, and then each change.
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
