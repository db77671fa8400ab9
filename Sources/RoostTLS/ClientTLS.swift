import NIOCore
import NIOSSL
import Roost
import RoostHTTP

/// TLS 1.2 and 1.3 for a client, which goes on only with a server that proves to be the one it was told (RFC 9110 §4.3.4).
public struct ClientTLS: ClientTransportSecurity {
    private let http1: NIOSSLContext
    private let http2: NIOSSLContext

    /// - Parameter trustRoots: the path of a PEM file of the certificates that are trusted to vouch for servers; `nil` for those of the
    ///   system.
    /// - Throws: `ConfigurationError` where the file cannot be read or holds something else.
    public init(trustRoots: String? = nil) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let trustRoots { configuration.trustRoots = .certificates(try Self.certificates(trustRoots)) }
        do {
            configuration.restrict(to: ["http/1.1"])
            http1 = try NIOSSLContext(configuration: configuration)
            configuration.restrict(to: ["h2"])
            http2 = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError("The certificates that are to be trusted cannot be used: \(error)")
        }
    }

    public func secure(_ channel: any Channel, to host: String, for version: HTTPVersion) throws {
        // An IP address is no server name (RFC 6066 §3); the certificate is then checked against the address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: version == .http2 ? http2 : http1, serverHostname: isAddress ? nil : host)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private static func certificates(_ path: String) throws -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw ConfigurationError("\(path) holds no certificates: it must be a readable PEM file")
        }
        return certificates
    }
}
