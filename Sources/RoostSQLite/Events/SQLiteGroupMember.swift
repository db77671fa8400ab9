import Roost
import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A member of a group of the embedded bus.
///
/// It follows the log with one position for all of its lanes, `head`. A lane that was just assigned to it is read separately until it has reached
/// that position.
actor SQLiteGroupMember: GroupMember {
    /// A lane that belongs to this member.
    struct OwnedLane {
        let epoch: Int64
        /// The generation of its events after `replayedFrom`; earlier events belong to the generation before.
        let generation: Int
        let replayedFrom: Int64
        var progress: LaneProgress
        /// The events that the last owner may have received: at most this number, up to this position.
        var redelivered: (count: Int, through: Int64)?
        var isRevoked = false
    }

    let id = UUID.v7().text
    let membership: GroupMembership
    let database: Database
    let rows: GroupRows
    let filter: EventLog.Filter
    let wake = Notifier()
    private let presence: Presence?

    var lanes: [Int: OwnedLane] = [:]
    /// The position up to which every lane that has caught up was read.
    var head: Int64 = 0
    /// The revision of the group for which `lanes` was determined.
    var revision: Int64?
    /// The other members, and the numbers that their processes hold.
    var others: [String: Int64] = [:]
    /// What `next()` is to return first.
    var notices: [BusEvent] = []
    private var tasks: [Task<Void, Never>] = []
    private var isEnded = false
    private var isWriting = false
    /// Whether there are events that were not read because there was no room.
    var isFull = false
    private var failure: (any Error)?

    /// The number that this process holds for the member while it lives.
    private typealias Presence = (number: Int64, hold: any PresenceHold)

    private init(_ membership: GroupMembership, _ database: Database, _ presence: Presence?) {
        self.membership = membership
        self.database = database
        self.presence = presence
        rows = GroupRows(group: membership.group, database: database)
        filter = EventLog.Filter(group: membership.group, topics: membership.topics.sorted())
    }

    static func join(_ membership: GroupMembership, in database: Database) async throws -> SQLiteGroupMember {
        var presence: Presence?
        if let engine = database.presence {
            let number = Int64.random(in: 0..<(1 << 62))
            presence = (number, try await engine.hold(number))
        }
        let member = SQLiteGroupMember(membership, database, presence)
        try await member.enter()
        await member.start()
        return member
    }

    func enter() async throws { try await rows.enter(id, topics: membership.topics, presence: presence?.number ?? -1) }

    deinit { for task in tasks { task.cancel() } }

    // MARK: Events

    func next() async throws -> [BusEvent] {
        while true {
            try Task.checkCancellation()
            let seen = wake.count
            let events = try await step()
            if !events.isEmpty { return events }
            await wake.wait(beyond: seen)
        }
    }

    private func step() async throws -> [BusEvent] {
        guard !isEnded else { throw Problem.unavailable("The group \(membership.group) was left.") }
        if let failure {
            self.failure = nil
            throw failure
        }
        let (revision, end) = try await rows.look()
        if revision != self.revision { try await balance() }
        try await releaseRevoked()
        let events = try await read(through: end)
        defer { notices = [] }
        return notices + events
    }

    static func lane(_ number: Int) -> Lane { Lane(String(number)) }

    // MARK: Settling

    func settle(_ delivery: DeliveryID) {
        guard let number = Int(delivery.lane.name), lanes[number]?.epoch == delivery.epoch else { return }
        // In place: a lane that is taken out of the dictionary and put back is copied.
        lanes[number]?.progress.settle(delivery.position)
        if let lane = lanes[number], lane.isRevoked, lane.progress.isSettled { wake.notify() }
        guard !isWriting, !isEnded else { return }
        isWriting = true
        Task { await write() }
    }

    /// Writes what was settled, and what is settled meanwhile, until nothing is left.
    private func write() async {
        defer { isWriting = false }
        while !isEnded {
            let settled = unwritten
            guard !settled.isEmpty else { return }
            do {
                note(settled, kept: try await rows.write(settled, of: id))
            } catch {
                failure = error
                wake.notify()
                return
            }
            if isFull, room > 0 {
                isFull = false
                wake.notify()
            }
            // Others write to the file too: one write for all that is settled meanwhile. A member that is full waits for nothing.
            if room > membership.capacity / 2 { try? await Task.sleep(for: .milliseconds(10)) }
        }
    }

    /// The lanes of which more is settled than was written.
    private var unwritten: [GroupRows.Settled] { positions { $0.progress.through > $0.progress.written } }

    private func positions(where condition: (OwnedLane) -> Bool) -> [GroupRows.Settled] {
        lanes.filter { condition($0.value) }.map { GroupRows.Settled(lane: $0, epoch: $1.epoch, position: $1.progress.through) }
    }

    /// Notes what was written. Lanes of which nothing could be written belong to others.
    private func note(_ settled: [GroupRows.Settled], kept: Set<Int>) {
        for row in settled where lanes[row.lane]?.epoch == row.epoch {
            if kept.contains(row.lane) { lanes[row.lane]?.progress.write(through: row.position) } else { lose(row.lane) }
        }
    }

    func lose(_ number: Int) {
        guard lanes.removeValue(forKey: number) != nil else { return }
        notices.append(.lost(Self.lane(number)))
        revision = nil
        wake.notify()
    }

    /// Gives back the lanes that others need, once all of their deliveries are settled.
    private func releaseRevoked() async throws {
        let settled = positions { $0.isRevoked && $0.progress.isSettled }
        guard !settled.isEmpty else { return }
        for row in settled { lanes[row.lane] = nil }
        try await rows.release(settled, of: id)
    }

    func ages() async throws -> [Lane: Duration] {
        let positions = lanes.filter { !$0.value.isRevoked }.mapValues(\.progress.through), now = database.clock.now
        let times = try await EventLog.firstTimes(after: positions, filter, in: database)
        return Dictionary(uniqueKeysWithValues: times.map { (Self.lane($0), Duration.seconds(max(0, now.timeIntervalSince($1)))) })
    }

    // MARK: Life

    private func start() {
        let events = database.signals(EventLog.channel), departures = database.presence?.departures()
        tasks.append(Task { [wake] in for await _ in events { wake.notify() } })
        if let departures { tasks.append(Task { [weak self] in for await _ in departures { await self?.checkOthers() } }) }
        // Where the system announces deaths, looking only finds those that were missed.
        let pause = departures == nil ? Duration.milliseconds(500) : .seconds(2)
        tasks.append(
            Task { [weak self, clock = database.clock] in
                while (try? await clock.sleep(for: pause)) != nil { await self?.beat() }
            })
    }

    private var renewed: Duration?

    private func beat() async {
        guard !isEnded else { return }
        wake.notify()
        await checkOthers()
        let now = database.clock.uptime
        guard renewed.map({ $0 + GroupRows.lease / 3 <= now }) ?? true else { return }
        renewed = now
        let settled = unwritten
        do {
            let (isMember, kept) = try await rows.renew(id, settled)
            note(settled, kept: kept)
            if !isMember { try await enter() }
            // Others may hang.
            revision = nil
        } catch {
            RequestContext.defaultLogger.warning("The lease of a member of the group \(membership.group) cannot be renewed: \(error)")
        }
    }

    /// Looks whether other members have died.
    private func checkOthers() async {
        guard !isEnded, let presence = database.presence else { return }
        for (_, number) in others where number >= 0 {
            guard (try? await presence.isHeld(number)) == false else { continue }
            revision = nil
            wake.notify()
        }
    }

    func drain() async {
        guard !isEnded else { return }
        end()
        do {
            try await rows.leave(id, positions { _ in true })
        } catch {
            RequestContext.defaultLogger.warning("A member cannot leave the group \(membership.group) in order: \(error)")
        }
        presence?.hold.release()
    }

    func abandon() async {
        guard !isEnded else { return }
        end()
        let settled = unwritten
        if !settled.isEmpty { _ = try? await rows.write(settled, of: id) }
        presence?.hold.release()
    }

    /// Ends like a process that is killed: nothing is given back.
    func crash() {
        guard !isEnded else { return }
        end()
        presence?.hold.release()
    }

    /// Stops renewing the lease, like a process that hangs.
    func suspend() { for task in tasks { task.cancel() } }

    private func end() {
        isEnded = true
        suspend()
        wake.notify()
    }
}
