import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Endpoint {
    /// Connects a socket.
    /// - Parameters:
    ///   - bootstrap: Has the event loop and the timeout.
    ///   - initialize: Adds the handlers, on the event loop. It runs once for each address that is tried.
    func connect(_ bootstrap: ClientBootstrap, _ initialize: @escaping @Sendable (any Channel) throws -> Void) -> EventLoopFuture<
        any Channel
    > {
        let bootstrap = bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try initialize(channel) }
        }
        if let socketPath { return bootstrap.connect(unixDomainSocketPath: socketPath) }
        return bootstrap.detectingDeadPeers().connect(host: host, port: port)
    }
}

extension ClientBootstrap {
    /// Lets the system fail a connection that waits for a peer which has been unreachable for a minute, such as after its machine has lost
    /// power. By default, that would take two hours (tcp(7)).
    fileprivate func detectingDeadPeers() -> ClientBootstrap {
        let bootstrap = channelOption(.socketOption(.so_keepalive), value: 1)
        #if os(Linux)
        return
            bootstrap
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)), value: 30)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: 10)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)), value: 3)
        #else
        return bootstrap
        #endif
    }
}
