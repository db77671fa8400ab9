import Roost

extension [any Middleware] {
    /// What makes a port speak gRPC, before all other middleware: the calls of contracts, the health service and reflection.
    /// - Parameters:
    ///   - contracts: what is served there, and may be known.
    ///   - isReady: whether calls are wanted.
    public static func grpc(_ contracts: [ContractDescription], isReady: @escaping @Sendable () -> Bool) -> [any Middleware] {
        [GRPCMiddleware(services: [HealthService(of: contracts, isReady: isReady), ReflectionService(of: contracts)])]
    }
}
