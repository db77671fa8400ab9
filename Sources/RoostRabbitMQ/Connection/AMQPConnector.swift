import NIOCore
import Roost
import RoostConnector

/// Opens connections to a server, or to one of the nodes of a cluster.
struct AMQPConnector: Sendable {
    let url: RabbitMQURL
    private let connector: ServerConnector

    /// - Throws: A `ConfigurationError` if the trusted root certificates cannot be used.
    init(_ url: RabbitMQURL) throws(ConfigurationError) {
        self.url = url
        connector = try ServerConnector(isSecured: url.isSecured, trustRoots: url.trustRoots, for: "the event bus")
    }

    /// Opens a connection to the first node that accepts it.
    /// - Parameters:
    ///   - loop: The event loop of the connection.
    ///   - bodyLimit: The largest body of a message that is kept, in bytes.
    /// - Throws: An `AMQPError`.
    func connect(on loop: any EventLoop, bodyLimit: Int = AMQPDelivery.bodyLimit) async throws -> AMQPConnection {
        var failure = AMQPError.unreachable("the URL has no address")
        for address in url.addresses {
            do {
                let handler = try await connector.connect(to: address, on: loop) { [url] loop, ready in
                    AMQPConnectionHandler(url, loop: loop, bodyLimit: bodyLimit, ready: ready)
                }
                return AMQPConnection(handler, on: loop)
            } catch {
                // What a node says is more than that it cannot be reached.
                if case .unreachable = failure { failure = Self.failure(error) }
            }
        }
        throw failure
    }

    private static func failure(_ error: any Error) -> AMQPError {
        error as? AMQPError ?? .unreachable((error as? ServerConnector.Failure)?.reason ?? "\(error)")
    }
}
