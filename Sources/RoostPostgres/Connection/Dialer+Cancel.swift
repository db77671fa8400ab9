import NIOCore
import NIOPosix
import NIOSSL

extension Dialer {
    /// Asks a server to stop what a connection runs. It does not say whether it did.
    /// - Returns: Whether the request is over: the server closes the connection of the request only when it has passed it on, so it cannot
    ///   hit what is sent later.
    func cancel(_ key: BackendKey, at endpoint: Endpoint, on loop: any EventLoop) async -> Bool {
        let mode = configuration.tlsMode(for: endpoint), limit = TimeAmount(configuration.cancelTimeout)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(limit)
        // Nothing was sent if there is no connection.
        guard
            let channel = try? await endpoint.connect(
                bootstrap,
                { channel in
                    let handler = CancelHandler(
                        key, addTLS: mode == .disable || mode == .allow ? nil : { try tls.handler(for: mode, endpoint.host) },
                        requiresTLS: mode.isRequired)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            ).get()
        else { return true }
        let isOver = loop.makePromise(of: Bool.self)
        channel.closeFuture.whenComplete { _ in isOver.succeed(true) }
        let clock = loop.scheduleTask(in: limit) {
            isOver.succeed(false)
            channel.close(promise: nil)
        }
        defer { clock.cancel() }
        return (try? await isOver.futureResult.get()) ?? false
    }
}
