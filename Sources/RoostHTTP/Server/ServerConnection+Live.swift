import Roost

extension ServerConnection {
    /// Ends a stream that has no end of its own between two of its pieces, well: its client comes again.
    func endLive(_ exchange: Exchange) {
        keepsAlive = false
        exchange.task?.cancel()
        endStream(exchange, [:])
    }
}
