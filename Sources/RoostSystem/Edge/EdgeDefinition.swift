import Roost
import RoostDocuments
import RoostGateway
import RoostHTTP

/// A service that stands between the outside and the other services, such as the gateway.
///
/// It is an entry of the system's declaration like any other, and is assembled in the same way. Unlike other services, it listens on `HOST` and
/// `PORT`, starts last and stops first, and trusts no caller. All of its paths belong to the system, so it adds no health checks or
/// documents of its own. A system has at most one.
public protocol EdgeDefinition: ServiceDefinition {
    /// The port to listen on, unless `PORT` says otherwise.
    var port: Int { get }

    /// Returns the configuration of the server.
    /// - Parameter system: The description of the system, of which only the published part may be served.
    func server(for system: SystemDescription) -> HTTPServer.Configuration

    /// Returns the faults of the routes that meet here, one line each, without starting anything.
    /// - Parameters:
    ///   - services: The other services.
    ///   - system: The description of the system.
    /// - Throws: A `ConfigurationError` if something that the routes depend on cannot be read.
    func faults(before services: [Upstream], of system: SystemDescription) throws(ConfigurationError) -> [String]
}
