import NIOCore
import Roost

/// A server's response to a request to switch protocols.
public enum UpgradeResponse: Sendable {
    /// The server switched protocols with 101. The channel carries the bytes of the new protocol.
    case switched(Response, any ByteChannel)
    /// The server declined with this response.
    case refused(Response)
}

extension PooledHTTPClient {
    /// Asks a server to switch to the protocol named by the request's `upgrade` field (RFC 9110 §7.8). The request uses a new connection,
    /// which is not pooled.
    /// - Parameters:
    ///   - request: The request, with an `upgrade` field.
    ///   - address: Where the server listens.
    ///   - deadline: When the head of the response must have arrived.
    /// - Throws: The same errors as `send`.
    public func upgrade(_ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant? = nil) async throws
        -> UpgradeResponse
    {
        let (response, connection) = try await askForUpgrade(request, to: address, deadline: deadline)
        guard let connection else { return .refused(response) }
        let channel = try await connection.handOver { channel, http, pipeline in
            let handler = ByteStreamHandler()
            try pipeline.addHandler(handler, position: .after(http))
            return UpgradedChannel(channel, handler)
        }
        return .switched(response, channel)
    }

    /// - Returns: The response, and the connection if the server switched protocols.
    func askForUpgrade(
        _ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant?
    ) async throws -> (Response, PooledConnection?) {
        let timing = ExchangeTiming(deadline: deadline, headBy: deadline ?? .now + configuration.responseTimeout)
        let connection = try await pool.openAlone(address)
        do throws(TransportError) {
            let response = try await connection.exchange(request, timing, asksForUpgrade: true)
            return (response, response.status == .switchingProtocols ? connection : nil)
        } catch {
            throw error.thrown
        }
    }
}
