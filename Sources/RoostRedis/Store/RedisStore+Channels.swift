import Roost
import RoostStore

extension RedisStore {
    /// Sends a message; see `ChannelStore`.
    public func publish(_ message: [UInt8], to channel: String) async throws {
        try StoreLimits.check(channel: channel, message)
        let channel = name(of: channel)
        var command = RESPCommand("PUBLISH", words: 3, capacity: channel.utf8.count + message.count)
        command.add(channel)
        command.add(message)
        _ = try await client.send(command)
    }

    /// Receives messages; see `ChannelStore`. After the connection was lost and opened again, the subscription continues with a gap.
    public func subscribe(to channel: String) async throws -> ChannelSubscription {
        try StoreLimits.check(channel: channel)
        return try await channels.subscribe(to: name(of: channel))
    }

    /// The channel's name on the server, whose channels belong to all of its databases. What distinguishes them comes last, so that rights to
    /// channels can be given by the beginnings of their names.
    private func name(of channel: String) -> String { "\(channel)@\(client.connector.url.database)" }
}
