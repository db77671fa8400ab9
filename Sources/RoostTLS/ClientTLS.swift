import NIOCore
import NIOSSL
import Roost
import RoostHTTP

/// TLS 1.2 and 1.3 for a client. A connection is used only if the server's certificate proves its identity (RFC 9110 §4.3.4).
public struct ClientTLS: ClientTransportSecurity {
    private let http1: NIOSSLContext
    private let http2: NIOSSLContext

    /// Creates the TLS settings of a client.
    /// - Parameter trustRoots: The path of a PEM file with the trusted root certificates, or `nil` for those of the operating system.
    /// - Throws: A `ConfigurationError` if the file cannot be read or does not contain certificates.
    public init(trustRoots: String? = nil) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let trustRoots { configuration.trustRoots = .certificates(try Self.certificates(trustRoots)) }
        do {
            configuration.restrict(to: ["http/1.1"])
            http1 = try NIOSSLContext(configuration: configuration)
            configuration.restrict(to: ["h2"])
            http2 = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError("The trusted root certificates cannot be used: \(error)")
        }
    }

    /// Adds TLS to a connection.
    /// - Parameters:
    ///   - channel: The connection.
    ///   - host: The host name or IP address that the server's certificate must be valid for.
    ///   - version: The HTTP version to negotiate by ALPN (RFC 7301).
    /// - Throws: An error if `host` cannot be used as a server name.
    public func secure(_ channel: any Channel, to host: String, for version: HTTPVersion) throws {
        // An IP address cannot be sent as a server name (RFC 6066 §3). The certificate is then checked against the address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: version == .http2 ? http2 : http1, serverHostname: isAddress ? nil : host)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private static func certificates(_ path: String) throws -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw ConfigurationError("\(path) does not contain certificates: it must be a readable PEM file")
        }
        return certificates
    }
}
