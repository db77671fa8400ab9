import Roost

/// Lets settlements that arrive while a transaction is in progress share the next one.
///
/// All settlements change the same few balances, so their transactions run one after the other, and each waits for the disk. Nothing waits for
/// a group to fill: a settlement that comes alone is settled at once, by its own caller. If a group fails, each of its settlements is
/// settled alone, and fails for its own reasons only.
actor SettlementQueue {
    /// The largest number of settlements that share a transaction.
    private static let groupLimit = 64
    /// The largest number of settlements that wait.
    private static let waitLimit = 1024

    private let settlements: Settlements
    private var isBusy = false
    private var waiting: [Waiter] = []
    private var lastNumber = 0

    /// A settlement that waits for others.
    private struct Waiter {
        let number: Int
        let report: ProcessorReport
        let turn: CheckedContinuation<Turn, Never>
    }

    /// What happened to a waiting settlement.
    private enum Turn: Sendable {
        /// Its caller settles it, together with those that wait.
        case leads
        /// It was settled.
        case done(Settlement)
        /// Its group failed.
        case alone
        /// Its caller has given up.
        case cancelled
    }

    init(_ settlements: Settlements) { self.settlements = settlements }

    /// Settles what the processor reports.
    /// - Throws: A `Problem` with status 503 if too many settlements wait; the errors of `Settlements.settle(_:)`.
    func settle(_ report: ProcessorReport) async throws -> Settlement {
        guard isBusy else {
            isBusy = true
            return try await lead(report)
        }
        guard waiting.count < Self.waitLimit else { throw Problem.unavailable("Too many payments are being settled.") }
        switch await turn(of: report) {
        case .leads:
            // A leader that has given up would make the others' group fail.
            guard !Task.isCancelled else {
                passOn()
                throw CancellationError()
            }
            return try await lead(report)
        case .done(let settlement): return settlement
        case .alone: return try await alone(report)
        case .cancelled: throw CancellationError()
        }
    }

    private func turn(of report: ProcessorReport) async -> Turn {
        lastNumber += 1
        let number = lastNumber
        return await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                if Task.isCancelled { return turn.resume(returning: .cancelled) }
                waiting.append(Waiter(number: number, report: report, turn: turn))
            }
        } onCancel: {
            Task { await self.withdraw(number) }
        }
    }

    /// Removes a settlement whose caller has given up, unless its group is being settled.
    private func withdraw(_ number: Int) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).turn.resume(returning: .cancelled)
    }

    private func lead(_ report: ProcessorReport) async throws -> Settlement {
        let group = Array(waiting.prefix(Self.groupLimit - 1))
        waiting.removeFirst(group.count)
        defer { passOn() }
        let result: [Settlement]
        do {
            result = try await settlements.settle([report] + group.map(\.report))
        } catch {
            for waiter in group { waiter.turn.resume(returning: .alone) }
            if group.isEmpty { throw error }
            return try await alone(report)
        }
        for (waiter, settlement) in zip(group, result.dropFirst()) { waiter.turn.resume(returning: .done(settlement)) }
        return result[0]
    }

    /// Lets the first settlement that waits lead the next group.
    private func passOn() {
        guard !waiting.isEmpty else {
            isBusy = false
            return
        }
        waiting.removeFirst().turn.resume(returning: .leads)
    }

    private func alone(_ report: ProcessorReport) async throws -> Settlement {
        try await settlements.settle([report])[0]
    }
}
