import NIOCore
import NIOSSL
import Roost
import RoostHTTP

/// TLS 1.2 and 1.3 for a server (RFC 8446), with a certificate from files. Clients may choose HTTP/2 or HTTP/1.1 (RFC 7301).
public struct ServerTLS: ServerTransportSecurity {
    private let context: NIOSSLContext

    /// - Parameters:
    ///   - certificateChain: the path of a PEM file: the server's certificate, then those that lead from it to a root.
    ///   - privateKey: the path of the key's PEM file.
    /// - Throws: `ConfigurationError` where a file cannot be read or holds something else, or the key is not the certificate's.
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

    public func secure(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
    }

    private static func read<Value>(_ what: String, _ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw wrong(what, path) }
    }

    private static func wrong(_ what: String, _ path: String) -> ConfigurationError {
        ConfigurationError("\(path) holds no \(what): it must be a readable PEM file")
    }
}

extension TLSConfiguration {
    /// TLS 1.2 with no cipher suite that HTTP/2 forbids (RFC 9113 §9.2.2), or newer.
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
