import NIOCore
import NIOSSL
import Roost

/// The TLS settings of a configuration, made once.
struct TLSContexts: Sendable {
    private let unverified: NIOSSLContext?
    private let verified: NIOSSLContext?
    private let named: NIOSSLContext?
    private let hasRoots: Bool

    /// - Throws: A `ConfigurationError` if a certificate or key cannot be used.
    init(_ configuration: PostgresConfiguration) throws {
        hasRoots = configuration.rootCertificate != nil
        let modes = Set(configuration.hosts.map(configuration.tlsMode(for:)))
        guard modes != [.disable] else {
            (unverified, verified, named) = (nil, nil, nil)
            return
        }
        unverified = try Self.context(configuration, .none)
        verified = try Self.context(configuration, .noHostnameVerification)
        named = try Self.context(configuration, .fullVerification)
    }

    /// Makes the handler of a connection.
    /// - Parameters:
    ///   - mode: How much the connection insists on the server's identity.
    ///   - host: The server's name or address.
    func handler(for mode: TLSMode, _ host: String) throws -> NIOSSLClientHandler {
        // As in libpq, roots that are given are used even where the mode does not ask for it.
        let context: NIOSSLContext? =
            switch mode {
            case .verifyFull: named
            case .verifyCA: verified
            case .require where hasRoots: verified
            default: unverified
            }
        guard let context else { throw HandshakeFailure.noTLS }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    private static func context(_ configuration: PostgresConfiguration, _ verification: CertificateVerification) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = verification
        do {
            if let path = configuration.rootCertificate, path != "system" {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            }
            if let path = configuration.certificate {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(path).map { .certificate($0) }
            }
            if let path = configuration.privateKey { tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: path, format: .pem)) }
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw ConfigurationError("the certificates for \(configuration) cannot be used: \(error)")
        }
    }
}
