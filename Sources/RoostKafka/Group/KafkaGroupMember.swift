import CRoostKafka
import Roost
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A member of a group on Kafka.
///
/// A task serves the events of librdkafka whether or not somebody calls `next()`, so that a member whose handlers are slow keeps its lanes. The lanes
/// of a process that hangs or dies go to others when its session has ended.
actor KafkaGroupMember: GroupMember {
    /// Where the member stands in its group.
    enum Phase {
        /// It owns its lanes, or has none yet.
        case steady
        /// It learns how far the lanes that it is given were settled, by the request with the number.
        case assigning([KafkaPartition], request: Int)
        /// It gives its lanes back once their deliveries are settled, or at the deadline. `isRecorded`: whether the last commit was sent.
        case revoking(deadline: ContinuousClock.Instant, isRecorded: Bool)
        /// It leaves the group.
        case closing
    }

    /// A partition that is read.
    final class Source {
        let queue: KafkaQueue
        let reader: KafkaReader
        /// The index of its lane.
        let index: Int

        init(_ queue: KafkaQueue, _ reader: KafkaReader, index: Int) { (self.queue, self.reader, self.index) = (queue, reader, index) }
    }

    /// A commit whose result is not known yet.
    struct Commit {
        let number: Int
        let records: [KafkaLanes.Record]
        let deadline: ContinuousClock.Instant
    }

    let membership: GroupMembership
    let url: KafkaURL
    let timing: KafkaTiming
    let topics: KafkaTopics
    let wake: Notifier
    /// `nil` once the member has ended.
    var client: KafkaClient?
    var group: KafkaQueue?
    /// The partitions that the member owns, in order.
    var sources: [Source] = []
    var lanes: KafkaLanes
    var phase = Phase.steady
    var commit: Commit?
    /// When the next commit is due, unless `KafkaLanes.needsRecord` says that it is urgent.
    var commitTime = ContinuousClock.now
    /// Before this time nothing is committed, because a commit failed.
    var retryTime = ContinuousClock.now
    /// The time until which the task that serves the member waits.
    var waitingTime = ContinuousClock.now
    var lastNumber = 0
    /// Whether the member is asked to leave.
    var isLeaving = false
    var failure: KafkaError?
    /// The lane that is read first, so that none has an advantage.
    var turn = 0
    private var isEnded: Bool { client == nil }

    private init(
        _ membership: GroupMembership, _ url: KafkaURL, _ timing: KafkaTiming, _ topics: KafkaTopics
    ) throws(KafkaError) {
        (self.membership, self.url, self.timing, self.topics) = (membership, url, timing, topics)
        wake = Notifier()
        lanes = KafkaLanes(capacity: membership.capacity, epoch: 0)
        let client = try KafkaClient(RD_KAFKA_CONSUMER, .member(of: membership.group, url, timing), wake: wake)
        self.client = client
        group = KafkaQueue(groupOf: client)
    }

    /// Adds a member to a group. Its topics exist.
    static func join(
        _ membership: GroupMembership, _ url: KafkaURL, _ timing: KafkaTiming, _ topics: KafkaTopics
    ) async throws(KafkaError) -> KafkaGroupMember {
        let member = try KafkaGroupMember(membership, url, timing, topics)
        try await member.subscribe()
        member.start()
        return member
    }

    private func subscribe() throws(KafkaError) {
        let names = Set(membership.topics.map(url.names.kafkaTopic(of:))).sorted()
        guard let client,
            let list = KafkaPartitionList(names.map { KafkaOffset(partition: KafkaPartition(topic: $0, number: -1), offset: 0) })
        else { return }
        let code = rd_kafka_subscribe(client.handle, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    }

    nonisolated private func start() {
        Task { [weak self, wake] in
            var seen = 0
            while let time = await self?.serveInTurn() {
                await wake.wait(beyond: seen, by: time)
                seen = wake.count
            }
        }
    }

    private func serveInTurn() -> ContinuousClock.Instant? {
        let time = serve()
        if let time { waitingTime = time }
        return time
    }

    deinit { wake.notify() }

    // MARK: Events

    func next() async throws -> [BusEvent] {
        while true {
            try Task.checkCancellation()
            let seen = wake.count
            let events = try step()
            if !events.isEmpty { return events }
            await wake.wait(beyond: seen)
        }
    }

    private func step() throws -> [BusEvent] {
        guard !isEnded, !isLeaving else { throw Problem.unavailable("The group \(membership.group) was left.") }
        if let failure {
            self.failure = nil
            throw KafkaProblem.unreachable(failure)
        }
        let events = read(), notices = lanes.takeNotices()
        return notices.isEmpty ? events : notices + events
    }

    func settle(_ delivery: DeliveryID) {
        guard !isEnded else { return }
        switch lanes.settle(delivery) {
        case .late: break
        case .due where commit == nil: serveOnce()
        case .due, .noted:
            // Lanes that are about to move wait for the last settlement.
            if case .steady = phase, !isLeaving { break }
            serveOnce()
        }
    }

    func ages() -> [Lane: Duration] {
        let now = Date()
        return lanes.oldest.mapValues { .seconds(max(0, now.timeIntervalSince($0))) }
    }

    // MARK: Life

    func drain() async { await withCancellationShield { await self.leave(inOrder: true) } }

    func abandon() async { await withCancellationShield { await self.leave(inOrder: false) } }

    /// - Parameter inOrder: Whether what is not settled was not begun. Otherwise the next owner is told that it may have been delivered before.
    private func leave(inOrder: Bool) async {
        guard !isEnded, !isLeaving else { return }
        (isLeaving, isInOrder) = (true, inOrder)
        wake.notify()
        let deadline = ContinuousClock.now + timing.request
        while !isEnded, .now < deadline {
            let seen = wake.count
            leave()
            if !isEnded { await wake.wait(beyond: seen, by: min(deadline, .now + .milliseconds(100))) }
        }
        if !isEnded {
            RequestContext.defaultLogger.warning("A member cannot leave the group \(membership.group) in order: it took too long.")
        }
        let freed = client?.freed ?? lastFreed
        end()
        _ = await freed?.wait(by: deadline + timing.request)
    }

    /// Ends like a process that is killed: nothing is given back.
    func crash() async {
        let freed = client?.freed
        end()
        await freed?.wait()
    }

    /// Stops serving the member's events, like a program whose tasks hang.
    func suspend() { isSuspended = true }

    var isSuspended = false
    private(set) var isInOrder = true
    private var lastFreed: Latch?

    /// Ends the member. The client is freed when nothing uses it any more.
    func end() {
        lastFreed = client?.freed ?? lastFreed
        sources = []
        group = nil
        client = nil
        lanes.release()
        wake.notify()
    }
}
