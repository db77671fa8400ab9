import NIOCore
import Roost
import RoostStore
import Synchronization

/// The subscriptions of a store, on a connection of their own that is kept open as long as there has been one.
final class RedisChannels: Sendable {
    private struct State {
        var feeds: [RedisKey: [Int: ChannelFeed]] = [:]
        /// The feeds that take messages: those whose own command the server has answered. What was sent before then is not theirs, even if
        /// the channel has been subscribed to for longer.
        var active: Set<Int> = []
        /// The channels that the server has accepted.
        var accepted: Set<RedisKey> = []
        var nextFeed = 0
        var pings: Task<Void, Never>?
        var isClosed = false
    }

    /// How often a silent connection is checked.
    private static let pingInterval = Duration.seconds(10)
    /// The reply that follows those to other commands.
    private static let marker = "roost"

    private let link: RedisLink
    private let state: Shared

    private final class Shared: Sendable {
        let state = Mutex(State())

        func feeds(of channel: RedisKey) -> [ChannelFeed] {
            state.withLock { state in
                (state.feeds[channel] ?? [:]).compactMap { state.active.contains($0.key) ? $0.value : nil }
            }
        }

        /// Notes that the server sends the messages of a channel, and begins to pass them to a feed.
        func accept(_ channel: RedisKey, for number: Int) {
            state.withLock { state in
                guard state.feeds[channel]?[number] != nil else { return }
                state.accepted.insert(channel)
                state.active.insert(number)
            }
        }

        /// Whether nobody uses a channel, or waits for the server to accept it.
        func isUnused(_ channel: RedisKey) -> Bool { state.withLock { $0.feeds[channel] == nil } }

        /// Subscribes to everything again on a new connection. Its messages come after a gap.
        func resume(on handler: RedisChannelHandler, by deadline: NIODeadline) {
            let (channels, feeds) = state.withLock { state in
                (state.accepted.map(\.text), state.accepted.flatMap { state.feeds[$0].map { Array($0.values) } ?? [] })
            }
            guard !channels.isEmpty else { return }
            let closing = NIOLoopBound(handler, eventLoop: handler.loop)
            var request = RedisRequest(bytes: RedisChannels.command("SUBSCRIBE", channels).bytes, deadline: deadline) { result in
                switch result {
                case .success: for feed in feeds { feed.reportGap() }
                case .failure(let error): closing.value.close("the subscriptions were refused: \(error.reason)")
                }
            }
            request.marker = RedisChannels.marker
            handler.send(request)
        }

        func receive(_ push: [RESPValue]) {
            guard push.count == 3, push[0].text == "message", let channel = push[1].text, let message = push[2].bytes else { return }
            for feed in feeds(of: RedisKey(channel)) { feed.send(message) }
        }
    }

    init(_ client: RedisClient) {
        let shared = Shared(), timeout = TimeAmount(client.url.timeout)
        var hooks = RedisLinkHooks()
        hooks.onOpen = { shared.resume(on: $0, by: .now() + timeout) }
        hooks.onPush = shared.receive
        link = RedisLink(client.connector, on: client.home.loop, hooks: hooks, onConnect: client.server.note)
        state = shared
    }

    /// The commands are answered by pushes, and only refused by replies, so another command marks the end of the replies.
    private static func command(_ name: StaticString, _ channels: [String]) -> RESPCommand {
        var command = RESPCommand(name, words: channels.count + 1)
        for channel in channels { command.add(channel) }
        command.append(RESPCommand("PING", marker))
        return command
    }

    func subscribe(to channel: String) async throws -> ChannelSubscription {
        let key = RedisKey(channel)
        let (subscription, number, isFirst) = state.state.withLock { state -> (ChannelSubscription, Int, Bool) in
            let number = state.nextFeed
            state.nextFeed += 1
            let feed = ChannelFeed { [weak self] in self?.unsubscribe(number, from: key) }
            state.feeds[key, default: [:]][number] = feed
            let isFirst = state.pings == nil && !state.isClosed
            if isFirst { state.pings = Task { [weak self] in await Self.ping { self } } }
            return (ChannelSubscription(feed), number, isFirst)
        }
        if isFirst { link.keepOpen() }
        do throws(RedisError) {
            let shared = state
            _ = try await link.send(Self.command("SUBSCRIBE", [channel]), marker: Self.marker) { _ in shared.accept(key, for: number) }
        } catch {
            throw error.problem
        }
        return subscription
    }

    func close() async {
        let (feeds, pings) = state.state.withLock { state in
            state.isClosed = true
            defer { state.feeds = [:] }
            return (state.feeds.values.flatMap(\.values), state.pings)
        }
        pings?.cancel()
        for feed in feeds { feed.finish() }
        await link.close()
    }

    private func unsubscribe(_ number: Int, from channel: RedisKey) {
        let isLast = state.state.withLock { state in
            state.active.remove(number)
            guard state.feeds[channel]?.removeValue(forKey: number) != nil, state.feeds[channel]?.isEmpty == true else { return false }
            state.feeds[channel] = nil
            state.accepted.remove(channel)
            return true
        }
        guard isLast else { return }
        let shared = state
        // Whether anybody has subscribed again is decided on the event loop, which also sends the command of such a subscription: the two
        // commands cannot change places. Without a connection there is nothing to end.
        link.withOpen { [deadline = link.deadline] handler in
            guard shared.isUnused(channel) else { return }
            var request = RedisRequest(bytes: Self.command("UNSUBSCRIBE", [channel.text]).bytes, deadline: deadline) { _ in }
            request.marker = Self.marker
            handler.send(request)
        }
    }

    /// Finds out whether the connection is dead, which a subscription that only waits would not.
    private static func ping(_ channels: () -> RedisChannels?) async {
        while (try? await Task.sleep(for: pingInterval)) != nil {
            guard let link = channels()?.link else { return }
            _ = try? await link.send(RESPCommand("PING", marker), marker: marker)
        }
    }
}
