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
        /// The number of the reader. An earlier one may not have ended yet, and must not deliver what this one delivers.
        var readerNumber = 0
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
    /// Old messages are removed once per this number of publications, and at most so many that they cannot accumulate.
    private static let publicationsPerSweep = 64
    private static let messagesPerSweep = 512

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
            return state.publications.isMultiple(of: Self.publicationsPerSweep)
        }
        if isDue { await sweep(at: now) }
    }

    /// Removes some old messages. The message that was just sent is committed, so nothing fails if this does.
    private func sweep(at now: Date) async {
        _ = try? await database.execute(
            """
            DELETE FROM roost_messages WHERE position IN (
                SELECT position FROM roost_messages WHERE sent_at < \(now.addingTimeInterval(-Self.lifetime))
                ORDER BY sent_at LIMIT \(Self.messagesPerSweep))
            """)
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
                if state.reader == nil {
                    state.readerNumber += 1
                    state.reader = Task { [weak self, number = state.readerNumber] in await self?.read(after: position, as: number) }
                }
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

    /// Reads messages for all subscriptions.
    /// - Parameters:
    ///   - start: The position of the last message before the first of them.
    ///   - number: The number of this reader.
    private func read(after start: Int64, as number: Int) async {
        var position = start
        while !Task.isCancelled {
            let seen = notifier.count
            do {
                // In this order: every message up to the last position that is not among the rows was deleted.
                let last = try await lastPosition()
                if last > position {
                    let rows = try await messages(after: position)
                    for row in rows { try deliver(row, after: &position, as: number) }
                    if rows.count == Self.messagesAtOnce { continue }
                    if last > position { reportGap(after: position, to: last, as: number) }
                    position = max(position, last)
                }
            } catch {
                // The store is busy: the messages remain for a while.
            }
            await notifier.wait(beyond: seen, by: .now + Self.interval)
        }
    }

    private func messages(after position: Int64) async throws -> [ResultRow] {
        try await database.query(
            """
            SELECT position, channel, bytes FROM roost_messages WHERE position > \(position)
            ORDER BY position LIMIT \(Self.messagesAtOnce)
            """)
    }

    private func deliver(_ row: ResultRow, after position: inout Int64, as number: Int) throws {
        let next: Int64 = try row.get("position")
        let channel = Array(try row.get("channel", as: String.self).utf8), bytes: [UInt8] = try row.get("bytes")
        if next > position + 1 { reportGap(after: position, to: next - 1, as: number) }
        position = next
        for feed in feeds(as: number, { $0.channel == channel && $0.start < next }) { feed.send(bytes) }
    }

    /// Reports that messages were deleted before they could be read.
    private func reportGap(after position: Int64, to last: Int64, as number: Int) {
        for feed in feeds(as: number, { $0.start < last }) { feed.reportGap() }
    }

    private func feeds(as number: Int, _ isMeant: (Subscriber) -> Bool) -> [ChannelFeed] {
        state.withLock { state in
            guard state.readerNumber == number, state.reader != nil else { return [] }
            return state.feeds.values.filter(isMeant).map(\.feed)
        }
    }
}
