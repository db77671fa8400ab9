import NIOCore
import Roost

/// How a server answered a request for another protocol.
public enum UpgradeAnswer: Sendable {
    /// With 101: the connection is now the other protocol's.
    case switched(Response, any ByteChannel)
    case refused(Response)
}

extension HTTPClient {
    /// Asks a server to go on in the protocol that the request's `upgrade` names (RFC 9110 §7.8), on a connection of its own.
    /// - Parameter deadline: when the answer must have come.
    /// - Throws: as `send`.
    public func upgrade(_ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant? = nil) async throws -> UpgradeAnswer
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

    /// - Returns: the answer, and the connection where the server has switched.
    func askForUpgrade(
        _ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant?
    ) async throws -> (Response, PooledConnection?) {
        let timing = ExchangeTiming(deadline: deadline, headBy: deadline ?? .now + configuration.responseTimeout)
        let connection = try await pool.openAlone(address)
        do throws(ExchangeFailure) {
            let response = try await connection.exchange(request, timing, asksForUpgrade: true)
            return (response, response.status == .switchingProtocols ? connection : nil)
        } catch {
            throw error.cause
        }
    }
}
