import TestTools

extension ScriptedServer {
    /// Starts a server that answers each command by its name. It knows those of a handshake.
    /// - Parameter answer: Returns the answer to a command, or `nil` to close the connection.
    static func redis(_ answer: @escaping @Sendable (String) -> String?) async throws -> ScriptedServer {
        try await start { bytes in
            // The words of a command follow lines with their lengths.
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            var replies = ""
            for (index, line) in lines.enumerated() where line.hasPrefix("*") && index + 2 < lines.count {
                switch lines[index + 2].uppercased() {
                case "HELLO": replies += "%1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n"
                case "TIME": replies += "*2\r\n$1\r\n1\r\n$1\r\n1\r\n"
                case "CONFIG": replies += "-NOPERM no\r\n"
                case let name:
                    guard let reply = answer(name) else { return nil }
                    replies += reply
                }
            }
            return Array(replies.utf8)
        }
    }
}
