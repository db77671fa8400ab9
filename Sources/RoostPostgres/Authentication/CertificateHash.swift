import Crypto

/// The hash of a server's certificate that binds SCRAM to a TLS connection (RFC 5929 §4.1).
enum CertificateHash {
    /// Returns the hash, or `nil` if the certificate's signature has none that is defined.
    /// - Parameter certificate: The certificate in DER.
    static func serverEndPoint(_ certificate: [UInt8]) -> [UInt8]? {
        guard let algorithm = signatureAlgorithm(certificate[...]) else { return nil }
        switch algorithm {
        // MD5 and SHA-1 are replaced by SHA-256.
        case rsa + [4], rsa + [5], rsa + [11], ecdsa + [1], ecdsa + [3, 2], [0x2A, 0x86, 0x48, 0xCE, 0x38, 4, 3]:
            return Array(SHA256.hash(data: certificate))
        case rsa + [12], ecdsa + [3, 3]: return Array(SHA384.hash(data: certificate))
        case rsa + [13], ecdsa + [3, 4]: return Array(SHA512.hash(data: certificate))
        default: return nil
        }
    }

    /// 1.2.840.113549.1.1, which RFC 8017 continues.
    private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1]
    /// 1.2.840.10045.4, which RFC 5758 continues.
    private static let ecdsa: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4]

    /// The object identifier of the signature's algorithm: the certificate is a sequence of what is signed, the algorithm and the
    /// signature (RFC 5280 §4.1).
    private static func signatureAlgorithm(_ certificate: ArraySlice<UInt8>) -> [UInt8]? {
        guard var content = element(0x30, certificate)?.content, let signed = element(0x30, content) else { return nil }
        content = signed.rest
        guard let algorithm = element(0x30, content), let identifier = element(0x06, algorithm.content) else { return nil }
        return Array(identifier.content)
    }

    /// Reads one element in DER (X.690 §8.1).
    private static func element(_ tag: UInt8, _ bytes: ArraySlice<UInt8>) -> (content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard bytes.first == tag, let first = bytes.dropFirst().first else { return nil }
        var rest = bytes.dropFirst(2), length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        return (rest.prefix(length), rest.dropFirst(length))
    }
}
