import NIOCore
import NIOPosix

extension ClientBootstrap {
    /// Connects to an address. An IP address is used as it is: a resolver would only take time, and a thread.
    func connect(to address: HTTPAddress) -> EventLoopFuture<any Channel> {
        guard let known = try? SocketAddress(ipAddress: address.host, port: address.port) else {
            return connect(host: address.host, port: address.port)
        }
        return connect(to: known)
    }
}
