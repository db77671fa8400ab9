import Roost
import RoostData
import RoostStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteStore {
    /// Sends a message; see `ChannelStore`.
    public func publish(_ message: [UInt8], to channel: String) async throws {
        try StoreLimits.check(channel: channel, message)
        try await channels.publish(message, to: channel)
    }

    /// Receives messages; see `ChannelStore`.
    public func subscribe(to channel: String) async throws -> ChannelSubscription {
        try StoreLimits.check(channel: channel)
        return try await channels.subscribe(to: channel)
    }
}

/// The channels of a store. One task reads the messages for all subscriptions of the process, as long as there is one.
final class SQLiteChannels: Sendable {
    private struct State {
        var feeds: [Int: Subscriber] = [:]
        var nextFeed = 0
        var reader: Task<Void, Never>?
        var publications = 0
        var isClosed = false
    }

    private struct Subscriber {
        let channel: [UInt8]
        /// The position of the last message before the subscription.
        let start: Int64
        let feed: ChannelFeed
    }

    /// How long messages remain for readers that are busy.
    private static let lifetime = 60.0
    private static let interval = Duration.milliseconds(25)
    private static let messagesAtOnce = 256

    private let database: Database
    private let notifier = Notifier()
    private let state = Mutex(State())

    init(_ database: Database) { self.database = database }

    func publish(_ message: [UInt8], to channel: String) async throws {
        let now = database.clock.now
        try await database.execute("INSERT INTO roost_messages (channel, bytes, sent_at) VALUES (\(channel), \(message), \(now))")
        notifier.notify()
        let isDue = state.withLock { state in
            state.publications += 1
            return state.publications.isMultiple(of: 64)
        }
        guard isDue else { return }
        try await database.execute("DELETE FROM roost_messages WHERE sent_at < \(now.addingTimeInterval(-Self.lifetime))")
    }

    func subscribe(to channel: String) async throws -> ChannelSubscription {
        let position = try await lastPosition()
        return state.withLock { state in
            let number = state.nextFeed
            state.nextFeed += 1
            let feed = ChannelFeed { [weak self] in self?.unsubscribe(number) }
            if state.isClosed {
                feed.finish()
            } else {
                state.feeds[number] = Subscriber(channel: Array(channel.utf8), start: position, feed: feed)
                if state.reader == nil { state.reader = Task { [weak self] in await self?.read(after: position) } }
            }
            return ChannelSubscription(feed)
        }
    }

    func close() async {
        let (feeds, reader) = state.withLock { state in
            state.isClosed = true
            defer { state.feeds = [:] }
            return (state.feeds.values.map(\.feed), state.reader)
        }
        for feed in feeds { feed.finish() }
        reader?.cancel()
        await reader?.value
    }

    private func unsubscribe(_ number: Int) {
        state.withLock { state in
            state.feeds[number] = nil
            guard state.feeds.isEmpty else { return }
            state.reader?.cancel()
            state.reader = nil
        }
    }

    private func lastPosition() async throws -> Int64 {
        // The number of the last message that was ever sent, even if it was deleted.
        try await database.first("SELECT seq FROM sqlite_sequence WHERE name = 'roost_messages'")?.get("seq") ?? 0
    }

    private func read(after start: Int64) async {
        var position = start
        while !Task.isCancelled {
            let seen = notifier.count
            do {
                let rows = try await database.query(
                    """
                    SELECT position, channel, bytes FROM roost_messages WHERE position > \(position)
                    ORDER BY position LIMIT \(Self.messagesAtOnce)
                    """)
                for row in rows {
                    let next: Int64 = try row.get("position")
                    // Messages were deleted before they could be read.
                    if next > position + 1 { for feed in feeds({ _ in true }) { feed.reportGap() } }
                    position = next
                    let channel = Array(try row.get("channel", as: String.self).utf8), bytes: [UInt8] = try row.get("bytes")
                    for feed in feeds({ $0.channel == channel && $0.start < next }) { feed.send(bytes) }
                }
                if rows.count == Self.messagesAtOnce { continue }
            } catch {
                // The store is busy: the messages remain for a while.
            }
            await notifier.wait(beyond: seen, by: .now + Self.interval)
        }
    }

    private func feeds(_ isMeant: (Subscriber) -> Bool) -> [ChannelFeed] {
        state.withLock { $0.feeds.values.filter(isMeant).map(\.feed) }
    }
}
