import Roost
import TestTools

extension ScriptedServer {
    /// Starts a server that closes each connection when the client has sent something.
    static func closing() async throws -> ScriptedServer { try await start { _ in nil } }

    /// Starts a server that never answers.
    static func silent() async throws -> ScriptedServer { try await start { _ in [] } }

    /// Starts a server that lets everybody in, and then never answers.
    static func greeting() async throws -> ScriptedServer {
        try await start(eachBy: {
            let greeted = Latch()
            return { _ in
                guard !greeted.isOpen else { return [] }
                greeted.open()
                var server = ServerBytes()
                server.message("R", ServerBytes.int32(0))
                server.ready()
                return server.bytes
            }
        })
    }
}
