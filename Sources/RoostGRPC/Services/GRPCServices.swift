import Roost
import RoostHTTP

extension GRPCProtocol {
    /// gRPC with the services that every server has: health and reflection.
    /// - Parameters:
    ///   - contracts: what is served, and may be known.
    ///   - isReady: whether calls are wanted.
    ///   - room: what messages may take, of all callers together, until they are whole.
    public init(serving contracts: [ContractDescription], room: SharedRoom? = nil, isReady: @escaping @Sendable () -> Bool) {
        self.init(services: [HealthService(of: contracts, isReady: isReady), ReflectionService(of: contracts)], room: room)
    }
}
