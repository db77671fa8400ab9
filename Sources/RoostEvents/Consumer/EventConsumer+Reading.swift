import Roost

extension EventConsumer {
    private enum Step {
        case received([BusEvent])
        /// A delivery has ended. Whether it was parked.
        case settled(Delivery, wasParked: Bool)
        /// The parked events were counted. Whether there are too many.
        case counted(isFull: Bool)
        case measured
        case pruned
    }

    /// The number of deliveries after which the inbox is pruned.
    private static let pruneInterval = 4096
    /// The number of events that are parked before they are counted.
    private static let countInterval = 500
    private static let measureInterval = Duration.seconds(5)

    /// Reads and handles events concurrently; `DeliveryWindow` determines what is allowed.
    func consume(from member: any GroupMember) async throws {
        var window = DeliveryWindow(concurrency: concurrency)
        try await withThrowingTaskGroup(of: Step.self) { tasks in
            var isReading = false, isFull = true, isPruning = false, parkedCount = 0, settledCount = 0
            tasks.addTask { .counted(isFull: try await parked.isFull()) }
            tasks.addTask { try await measure(member) }
            repeat {
                while let delivery = window.start() {
                    tasks.addTask {
                        let wasParked = try await handle(delivery)
                        DurablePlace.eventHandled.reach()
                        try await member.settle(delivery.id)
                        DurablePlace.eventSettled.reach()
                        return .settled(delivery, wasParked: wasParked)
                    }
                }
                if !isReading, !isFull {
                    isReading = true
                    tasks.addTask { .received(try await member.next()) }
                }
                guard let step = try await tasks.next() else { return }
                switch step {
                case .received(let events):
                    isReading = false
                    for event in events { window.take(event) }
                case .settled(let delivery, wasParked: let wasParked):
                    window.end(delivery)
                    parkedCount += wasParked ? 1 : 0
                    settledCount += 1
                    if settledCount >= Self.pruneInterval, !isPruning {
                        (settledCount, isPruning) = (0, true)
                        tasks.addTask {
                            try await Inbox.prune(database)
                            return .pruned
                        }
                    }
                    if parkedCount >= Self.countInterval, !isFull {
                        (parkedCount, isFull) = (0, true)
                        tasks.addTask { .counted(isFull: try await parked.isFull()) }
                    }
                case .counted(isFull: let count):
                    isFull = count
                    tell(isFull: count)
                    if isFull { tasks.addTask { try await countAgain() } }
                case .pruned: isPruning = false
                case .measured: tasks.addTask { try await measure(member, after: Self.measureInterval) }
                }
            } while true
        }
    }

    private func countAgain() async throws -> Step {
        try await database.clock.sleep(for: Self.measureInterval)
        return .counted(isFull: try await parked.isFull())
    }

    private func measure(_ member: any GroupMember, after pause: Duration = .zero) async throws -> Step {
        if pause > .zero { try await database.clock.sleep(for: pause) }
        backlog.note(try await member.ages())
        try await parked.measure(group)
        return .measured
    }

    private func tell(isFull: Bool) {
        guard backlog.note(isFull: isFull) else { return }
        if isFull {
            RequestContext.defaultLogger.error(
                """
                Events of \(ParkedEvents.keyLimit) keys and subscriptions of the group \(group) are parked, so the events are not the cause. \
                No more are read until some of them are handled.
                """)
        } else {
            RequestContext.defaultLogger.notice("The group \(group) reads events again.")
        }
    }
}

extension DeliveryWindow {
    /// Takes what a member has received.
    mutating func take(_ event: BusEvent) {
        switch event {
        case .delivered(let delivery): add(delivery)
        case .lost(let lane): lose(lane)
        // The bus hands over a lane that it has revoked once its deliveries are settled.
        case .assigned, .revoked: break
        }
    }
}
