import Crypto

/// A script that the server runs atomically. It is sent by its digest, and in full only if the server does not have it yet.
struct RedisScript: Sendable {
    let source: String
    private let digest: String

    /// - Parameter source: The script, in Lua.
    init(_ source: String) {
        self.source = source
        // Redis names scripts by their SHA-1; it secures nothing here.
        digest = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Runs the script.
    /// - Parameters:
    ///   - keys: The number of words that are keys.
    ///   - words: The number of words: the keys, then the other arguments.
    ///   - capacity: The number of bytes of the words, as far as it is known.
    ///   - add: Adds the words to the command.
    func run(
        on client: RedisClient, keys: Int, words: Int, capacity: Int = 64, _ add: (inout RESPCommand) -> Void
    ) async throws -> RESPValue {
        func command(_ name: StaticString, _ script: String) -> RESPCommand {
            var command = RESPCommand(name, words: words + 3, capacity: capacity + script.utf8.count)
            command.add(script)
            command.add(Int64(keys))
            add(&command)
            return command
        }
        do throws(RedisError) {
            return try await client.attempt(command("EVALSHA", digest))
        } catch {
            // The server has not run the script, so it can be sent again.
            guard case .server(let refusal) = error, refusal.kind == "NOSCRIPT" else { throw error.problem }
            return try await client.send(command("EVAL", source))
        }
    }
}
