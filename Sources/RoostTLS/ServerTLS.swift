import NIOCore
import NIOSSL
import Roost
import RoostHTTP

/// TLS 1.2 and 1.3 for a server (RFC 8446), with a certificate from files. Clients negotiate HTTP/2 or HTTP/1.1 by ALPN (RFC 7301).
public struct ServerTLS: ServerTransportSecurity {
    private let context: NIOSSLContext

    /// Creates the TLS settings of a server.
    /// - Parameters:
    ///   - certificateChain: The path of a PEM file with the server's certificate, followed by its intermediate certificates.
    ///   - privateKey: The path of the PEM file with the certificate's private key.
    /// - Throws: A `ConfigurationError` if a file cannot be read or has other content, or if the key does not belong to the certificate.
    public init(certificateChain: String, privateKey: String) throws {
        let chain = try Self.read("certificate chain", certificateChain) { try NIOSSLCertificate.fromPEMFile(certificateChain) }
        guard !chain.isEmpty else { throw Self.wrong("certificate chain", certificateChain) }
        let key = try Self.read("private key", privateKey) { try NIOSSLPrivateKey(file: privateKey, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.restrict(to: ["h2", "http/1.1"])
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError("\(privateKey) is not the private key of the certificate in \(certificateChain)")
        }
    }

    /// Adds TLS to an accepted connection.
    public func secure(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
    }

    private static func read<Value>(_ what: String, _ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw wrong(what, path) }
    }

    private static func wrong(_ what: String, _ path: String) -> ConfigurationError {
        ConfigurationError("\(path) does not contain a \(what): it must be a readable PEM file")
    }
}

extension TLSConfiguration {
    /// Allows TLS 1.2 and newer, without the cipher suites that HTTP/2 prohibits (RFC 9113 §9.2.2).
    mutating func restrict(to protocols: [String]) {
        minimumTLSVersion = .tlsv12
        cipherSuiteValues = [
            .TLS_AES_128_GCM_SHA256, .TLS_AES_256_GCM_SHA384, .TLS_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        applicationProtocols = protocols
    }
}
