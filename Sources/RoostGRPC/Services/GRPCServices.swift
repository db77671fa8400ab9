import Roost
import RoostHTTP

extension GRPCProtocol {
    /// Creates the protocol with the services that every server has: health and reflection.
    /// - Parameters:
    ///   - contracts: The served contracts, which reflection reveals.
    ///   - isReady: Returns whether the server is ready for calls.
    ///   - capacity: The memory that all messages share until they are complete.
    public init(serving contracts: [ContractDescription], capacity: SharedCapacity? = nil, isReady: @escaping @Sendable () -> Bool) {
        self.init(services: [HealthService(of: contracts, isReady: isReady), ReflectionService(of: contracts)], capacity: capacity)
    }
}
