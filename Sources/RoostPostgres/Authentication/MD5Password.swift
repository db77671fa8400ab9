import Crypto

/// The older form of passwords: a hash of a hash, whose inner one is stored by the server.
enum MD5Password {
    /// Returns the response to a challenge.
    /// - Parameters:
    ///   - user: The name of the role.
    ///   - password: Its password.
    ///   - salt: The four bytes of the challenge.
    static func response(user: String, password: String, salt: [UInt8]) -> String {
        "md5" + hash(Array(hash(Array((password + user).utf8)).utf8) + salt)
    }

    private static func hash(_ bytes: [UInt8]) -> String {
        Insecure.MD5.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
