import Roost
import RoostData
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The members of groups that programs have joined through this process.
actor Members {
    /// How many members there can be, and when they leave by themselves.
    struct Limits: Sendable {
        /// How many members this process has.
        var members = 256
        /// How many of them one group has.
        var membersOfGroup = 64
        /// The time without a request after which a member leaves.
        var idle = Duration.seconds(30)
    }

    static let unknown = Problem(.notFound, "The group has no such member, or no longer. Join the group again.")

    nonisolated let limits: Limits
    private let bus: any EventBus
    private let clock: any ServiceClock
    private var members: [String: RemoteMember] = [:]
    /// The groups that are being joined.
    private var joining: [String] = []
    private var isStopping = false

    init(of bus: any EventBus, clock: any ServiceClock, limits: Limits) {
        self.bus = bus
        self.clock = clock
        self.limits = limits
    }

    /// Joins a group.
    /// - Returns: The identifier of the member.
    /// - Throws: A `Problem` with status 503 if there are too many members; the error of the bus.
    func join(_ membership: GroupMembership) async throws -> String {
        try checkRoom(in: membership.group)
        joining.append(membership.group)
        defer { joining.firstIndex(of: membership.group).map { _ = joining.remove(at: $0) } }
        let member = try await lasting { [bus] in try await bus.join(membership) }
        guard !isStopping else {
            await lasting { await member.drain() }
            throw Self.stopping
        }
        let id = UUID.v7().text
        members[id] = RemoteMember(member, of: membership.group, clock: clock)
        return id
    }

    /// Returns a member of a group.
    /// - Throws: A `Problem` with status 404 if there is none.
    func member(_ id: String, of group: String) throws -> RemoteMember {
        guard let member = members[id], member.group == group else { throw Self.unknown }
        return member
    }

    /// Removes a member, which leaves its group.
    /// - Parameter inOrder: Whether its program knows what it has handled.
    func remove(_ id: String, inOrder: Bool) async { await members.removeValue(forKey: id)?.leave(inOrder: inOrder) }

    /// Removes the members that have become idle, again and again.
    func removeIdle() async throws {
        while true {
            try await clock.sleep(for: limits.idle / 6)
            var idle: [RemoteMember] = []
            for (id, member) in members where await member.isIdle(for: limits.idle) {
                RequestContext.defaultLogger.notice(
                    "A member of the group \(member.group) has not called for \(limits.idle): its events go to others.")
                members[id] = nil
                idle.append(member)
            }
            await Self.abandon(idle)
        }
    }

    /// Has members leave, all at once: on a broker that does not answer, it takes each of them a while.
    private static func abandon(_ members: [RemoteMember]) async {
        await withTaskGroup { group in
            for member in members { group.addTask { await member.leave(inOrder: false) } }
        }
    }

    /// Removes all members, because the process stops. Requests that wait are ended.
    func stop() async {
        isStopping = true
        let all = Array(members.values)
        members = [:]
        await Self.abandon(all)
    }

    private static let stopping = Problem.unavailable("The service is stopping.")

    private func checkRoom(in group: String) throws(Problem) {
        guard !isStopping else { throw Self.stopping }
        guard members.count + joining.count < limits.members else {
            throw Problem.unavailable("There are already \(limits.members) members. Let some leave, or ask another process.")
        }
        let count = members.values.count { $0.group == group } + joining.count { $0 == group }
        guard count < limits.membersOfGroup else {
            throw Problem.unavailable("The group \(group) already has \(limits.membersOfGroup) members. Let some leave.")
        }
    }
}
