import Roost

extension ServerConnection {
    /// Ends an endless stream properly between two of its pieces. The client can reconnect.
    func endLive(_ exchange: Exchange) {
        keepsAlive = false
        exchange.task?.cancel()
        endStream(exchange, [:])
    }
}
