import JWTKit
import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JWTHeader {
    /// Reads the header of a token in compact form (RFC 7515 §7.1).
    /// - Returns: `nil` if one of the token's parts is not in canonical base64url, or the header is not a JSON object.
    init?(of token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Base64URL.decode($0) != nil }), let bytes = Base64URL.decode(parts[0]),
            let header = try? JSONDecoder().decode(JWTHeader.self, from: Data(bytes))
        else { return nil }
        self = header
    }
}
