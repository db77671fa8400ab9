import Logging

/// What the server promises about acknowledged changes.
struct Durability {
    private let client: RedisClient

    init(of client: RedisClient) { self.client = client }

    /// Logs a warning if the server can lose what it has acknowledged. A server that does not tell is not asked again.
    func warn() async {
        guard let log = await setting("appendonly"), let sync = await setting("appendfsync") else { return }
        let risk: String
        switch (log, sync) {
        case ("yes", "always"): return
        case ("yes", _): risk = "appendfsync is \(sync), so that a failure of the server can lose the changes of about the last second"
        default: risk = "appendonly is \(log), so that a failure of the server loses the changes since the last snapshot"
        }
        Logger(label: "roost.redis").warning("Changes to the store that were acknowledged can be lost: \(risk).")
    }

    private func setting(_ name: String) async -> String? {
        // A managed server, or one with access rules, may refuse the command.
        let reply = try? await client.attempt(RESPCommand("CONFIG", "GET", name), isRepeatable: true)
        return reply?[name]?.text
    }
}
