import Roost
import RoostEvents

/// A member of a group on behalf of a program that calls over HTTP.
///
/// What the bus delivers goes into a mailbox, whether or not the request that asked for it still waits. So a request that its caller abandons
/// loses nothing.
actor RemoteMember {
    nonisolated let group: String
    private let member: any GroupMember
    private let clock: any ServiceClock
    private let changes = Notifier()
    private var mailbox = Mailbox()
    private var reading: Task<Void, Never>?
    private var failure: (any Error)?
    private var isEnded = false
    /// The requests for deliveries so far, and those that wait.
    private var polls = 0
    private(set) var waiting = 0
    private var lastCall: Duration

    init(_ member: any GroupMember, of group: String, clock: any ServiceClock) {
        self.member = member
        self.group = group
        self.clock = clock
        lastCall = clock.uptime
    }

    /// Whether no request has arrived for `limit`.
    func isIdle(for limit: Duration) -> Bool { waiting == 0 && clock.uptime - lastCall >= limit }

    /// Waits until there is something to do.
    /// - Returns: An empty batch if there was nothing in time.
    /// - Throws: A `Problem` with status 409 if another request of the member came, or 404 if the member has left the group; the error of the
    ///   bus; a `CancellationError`.
    func deliveries(waiting limit: Duration) async throws -> Mailbox.Batch {
        polls += 1
        waiting += 1
        defer {
            waiting -= 1
            lastCall = clock.uptime
        }
        let number = polls, isLate = Latch()
        changes.notify()
        let timer = Task { [clock, changes] in
            try await clock.sleep(for: limit)
            isLate.open()
            changes.notify()
        }
        defer { timer.cancel() }
        while true {
            let seen = changes.count
            try Task.checkCancellation()
            guard number == polls else {
                throw Problem(.conflict, "A later request for the member's deliveries took the place of this one.")
            }
            guard !isEnded else { throw Members.unknown }
            if let failure { throw failure }
            if let batch = mailbox.take() { return batch }
            if isLate.isOpen { return Mailbox.Batch() }
            read()
            await changes.wait(beyond: seen)
        }
    }

    /// Records that deliveries were settled.
    /// - Throws: A `Problem` with status 404 if the member has left the group; the error of the bus.
    func settle(_ deliveries: [DeliveryID]) async throws {
        guard !isEnded else { throw Members.unknown }
        lastCall = clock.uptime
        let settled = deliveries.filter { mailbox.isUnsettled($0) }
        try await lasting { [member] in
            for delivery in settled { try await member.settle(delivery) }
        }
        // Not before the bus knows it: if it fails, these are delivered again, and the next owner must be told.
        for delivery in settled { mailbox.settle(delivery) }
    }

    /// Leaves the group.
    /// - Parameter inOrder: Whether the program knows what it has handled. Otherwise what is not settled is delivered again as such.
    func leave(inOrder: Bool) async {
        guard !isEnded else { return }
        isEnded = true
        changes.notify()
        reading?.cancel()
        await reading?.value
        let isSettled = mailbox.isSettled
        await lasting { [member] in
            if inOrder || isSettled { await member.drain() } else { await member.abandon() }
        }
    }

    /// Asks the bus for more, unless that happens already.
    private func read() {
        guard reading == nil else { return }
        reading = Task.detached { [self, member] in
            do { await receive(.success(try await member.next())) } catch { await receive(.failure(error)) }
        }
    }

    private func receive(_ result: Result<[BusEvent], any Error>) {
        reading = nil
        switch result {
        case .success(let events): mailbox.add(events)
        case .failure(let error): failure = error
        }
        changes.notify()
    }
}
