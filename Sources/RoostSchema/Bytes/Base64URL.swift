#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The base64url encoding without padding (RFC 4648 §5, RFC 7515 §2).
package enum Base64URL {
    /// Returns the encoding of bytes.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let text = Data(bytes).base64EncodedString().utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns the bytes, or `nil` if the text is not their canonical encoding (RFC 4648 §3.5), so that no value has two encodings.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var standard = text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0 }
        standard += Array(repeating: UInt8(ascii: "="), count: (4 - standard.count % 4) % 4)
        guard let data = Data(base64Encoded: Data(standard)), encode(data) == text else { return nil }
        return Array(data)
    }
}
