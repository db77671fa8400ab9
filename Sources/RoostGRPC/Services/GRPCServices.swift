import Roost
import RoostHTTP

extension [any Middleware] {
    /// What makes a port speak gRPC, before all other middleware: the calls of contracts, the health service and reflection.
    /// - Parameters:
    ///   - contracts: what is served there, and may be known.
    ///   - isReady: whether calls are wanted.
    ///   - room: what messages may take, of all callers together, until they are whole.
    public static func grpc(
        _ contracts: [ContractDescription], isReady: @escaping @Sendable () -> Bool, room: SharedRoom? = nil
    ) -> [any Middleware] {
        let services: [any Middleware] = [HealthService(of: contracts, isReady: isReady), ReflectionService(of: contracts)]
        return [GRPCMiddleware(services: services, room: room)]
    }
}
