import NIOCore
import Roost
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The channels of a member: one for each lane, and one for what the other members announce. It is used on its event loop only.
final class MemberLink {
    private let membership: GroupMembership
    private let topology: Topology
    private let id = UUID.v7().text
    private var view: GroupView
    /// Sends an announcement to the other members. It has a connection of its own: while a server lacks memory or disk, it reads nothing from connections that
    /// publish, and so no acknowledgements either (https://www.rabbitmq.com/docs/alarms).
    private let send: @Sendable (OutgoingMessage) -> Void
    private var connection: AMQPConnectionHandler?
    private weak var member: RabbitMQMember?
    private var lanes: [Int: AMQPChannel] = [:]
    /// The lanes that are opened again once they are closed.
    private var yielding: Set<Int> = []
    private var isLeaving = false
    /// The lanes whose channels are being closed.
    private var closing: Set<Int> = []
    private var announcements: AMQPChannel?
    private var timer: Scheduled<Void>?
    private var acknowledging: Scheduled<Void>?
    /// What has arrived in this burst.
    private var received: [(lane: Int, message: LaneMessage)] = []
    private static let start = ContinuousClock.now

    /// How long leaving may take: a server that lacks memory or disk may not reply.
    private static let limit = TimeAmount.seconds(5)

    /// How long a new member waits for the announcements of others before it consumes lanes.
    private static let patience = TimeAmount.milliseconds(50)

    /// How long a few acknowledgements wait for more.
    private static let acknowledgementPause = TimeAmount.milliseconds(5)

    init(_ membership: GroupMembership, _ topology: Topology, _ send: @escaping @Sendable (OutgoingMessage) -> Void) {
        (self.membership, self.topology, self.send) = (membership, topology, send)
        view = GroupView(id: id, topics: membership.topics)
    }

    private var now: Duration { Self.start.duration(to: .now) }
    private var exchange: String { topology.members(of: membership.group) }
    private var queue: String { "\(exchange).\(id)" }

    // MARK: Beginning

    func start(_ member: RabbitMQMember, _ connection: AMQPConnectionHandler, _ started: EventLoopPromise<Void>) {
        (self.member, self.connection) = (member, connection)
        connection.onEnd = { [weak self] in self?.end($0) }
        connection.onBurst = { [weak self] in self?.handIn() }
        let channel: AMQPChannel
        do { channel = try connection.openChannel() } catch { return started.fail(error) }
        announcements = channel
        channel.onDelivery = { [weak self] in self?.receive($0) }
        channel.onEnd = { [weak self] in self?.abandon($0) }
        let methods: [AMQPCommand] = [
            .declareQueue(AMQPCommand.Queue(name: queue, isExclusive: true)), .bind(queue: queue, exchange: exchange, key: ""),
        ]
        for method in methods { connection.call(method, on: channel) { if case .failure(let error) = $0 { started.fail(error) } } }
        connection.call(.consume(queue: queue, acknowledges: false), on: channel) { [weak self] reply in
            switch reply {
            case .failure(let error): started.fail(error)
            case .success:
                self?.introduce()
                started.succeed()
            }
        }
    }

    private func introduce() {
        announce(.hello)
        guard let loop = connection?.loop.assumeIsolated() else { return }
        loop.scheduleTask(in: Self.patience) { [weak self] in self?.divide() }
        awaitRound()
    }

    /// From time to time, a member announces that it lives, and forgets those that were silent for too long.
    private func awaitRound() {
        timer = connection?.loop.assumeIsolated().scheduleTask(in: TimeAmount(GroupView.interval)) { [weak self] in
            guard let self else { return }
            if view.expire(at: now) { divide() }
            announce(.change)
            awaitRound()
        }
    }

    // MARK: The others

    private func announce(_ occasion: MemberAnnouncement.Occasion) {
        let announcement = view.announcement(occasion, lanes: Set(lanes.keys).subtracting(yielding))
        send(
            OutgoingMessage(
                exchange: exchange, key: "", isMandatory: false, properties: AMQPProperties(), body: JSON.encode(announcement)))
    }

    private func receive(_ delivery: AMQPDelivery) {
        guard let announcement = try? JSON.decode(MemberAnnouncement.self, from: Array(delivery.message.body.readableBytesView)),
            announcement.member != id
        else { return }
        let isChange = view.receive(announcement, at: now)
        if announcement.occasion == .hello { announce(.change) }
        if isChange { divide() }
    }

    private func divide() {
        guard let member, !isLeaving else { return }
        let steps = view.steps(from: Set(lanes.keys).subtracting(closing))
        if !steps.isEmpty { acknowledge() }
        for step in steps {
            switch step {
            case .open(let lane): open(lane)
            case .release(let lane):
                yielding.remove(lane)
                if member.change({ $0.release(lane) }) { close(lane) }
            case .yield(let lane):
                yielding.insert(lane)
                if member.change({ $0.release(lane) }) { close(lane) }
            }
        }
        if !steps.isEmpty { announce(.change) }
    }

    // MARK: Lanes

    private func open(_ lane: Int) {
        guard let connection, let member, lanes[lane] == nil else { return }
        let channel: AMQPChannel
        do { channel = try connection.openChannel() } catch { return abandon(error) }
        lanes[lane] = channel
        member.change { $0.open(lane) }
        channel.onDelivery = { [weak self] in self?.received.append((lane, LaneMessage($0))) }
        channel.onCancel = { [weak self] in self?.abandon(.unreachable("the server has ended a consumer")) }
        channel.onEnd = { [weak self] in self?.abandon($0) }
        connection.call(.limitPrefetch(LaneBook.prefetch), on: channel) { _ in }
        let queue = topology.names.queue(of: membership.group, lane: lane)
        connection.call(.consume(queue: queue, acknowledges: true), on: channel) { _ in }
    }

    /// Gives the messages of a burst to the member.
    private func handIn() {
        guard !received.isEmpty, let member else { return }
        member.change { book in
            for (lane, message) in received { book.receive(message, of: lane) }
        }
        received.removeAll(keepingCapacity: true)
        acknowledgeSoon()
    }

    /// Sends the acknowledgements of lanes of which much is settled at once, and those of the others a little later: small acknowledgements are
    /// relatively expensive for the server.
    func acknowledgeSoon() {
        guard acknowledge(isWorthwhile: true), acknowledging == nil else { return }
        acknowledging = connection?.loop.assumeIsolated().scheduleTask(in: Self.acknowledgementPause) { [weak self] in
            self?.acknowledging = nil
            self?.acknowledge()
        }
    }

    /// Sends the acknowledgements of what is settled.
    /// - Parameter isWorthwhile: Whether to leave out lanes of which little is settled.
    /// - Returns: Whether something is left.
    @discardableResult
    private func acknowledge(isWorthwhile: Bool = false) -> Bool {
        guard let connection, let member else { return false }
        let (acknowledgements, isMore) = member.acknowledgements(isWorthwhile: isWorthwhile)
        for (lane, through) in acknowledgements {
            guard let channel = lanes[lane] else { continue }
            connection.send(.acknowledge(through: through), on: channel)
        }
        return isMore
    }

    /// Closes the channel of a lane that was given up, unless it was closed meanwhile.
    func close(_ lane: Int) {
        guard let connection, let channel = lanes[lane], member?.change({ $0.isDone(lane) }) == true, closing.insert(lane).inserted else {
            return
        }
        received.removeAll { $0.lane == lane }
        connection.close(channel) { [weak self] in
            guard let self else { return }
            lanes[lane] = nil
            closing.remove(lane)
            member?.change { $0.close(lane) }
            // If it was the connection that ended, the member is about to end too.
            guard !isLeaving, self.connection?.isOpen == true else { return }
            if yielding.remove(lane) != nil { open(lane) }
            divide()
            announce(.change)
        }
    }

    // MARK: The end

    /// Leaves the group: what is settled is acknowledged, and the rest is delivered to others.
    func leave(_ done: EventLoopPromise<Void>) {
        guard let connection, connection.isOpen else { return done.succeed() }
        acknowledge()
        announce(.leaving)
        isLeaving = true
        timer?.cancel()
        acknowledging?.cancel()
        guard let announcements else { return finish(done) }
        connection.loop.assumeIsolated().scheduleTask(in: Self.limit) { [weak self] in self?.finish(done) }
        // Once the server has replied, it has received what was sent before.
        connection.close(announcements) { [weak self] in self?.finish(done) }
    }

    private func finish(_ done: EventLoopPromise<Void>) {
        connection?.close()
        done.succeed()
    }

    private func abandon(_ error: AMQPError) { connection?.abort(error) }

    private func end(_ error: AMQPError) {
        timer?.cancel()
        acknowledging?.cancel()
        connection = nil
        lanes = [:]
        member?.fail(TransportError(.unavailable, "The connection to RabbitMQ has ended: \(error.reason)"))
    }
}
