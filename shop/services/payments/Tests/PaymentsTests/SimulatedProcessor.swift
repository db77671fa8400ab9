import Foundation
import Money
import ProcessorAPI
import Roost
import Synchronization

/// A processor that keeps charges, a record and notices as the real one does, and loses calls and answers as a test wants.
final class SimulatedProcessor: Sendable {
    /// What happens to a call.
    enum Mishap: Sendable {
        /// The call does not arrive.
        case lostCall
        /// The call has its effect, and the answer does not arrive.
        case lostAnswer
        /// The call has its effect, and the answer says that it was refused for good.
        case contradiction
    }

    fileprivate struct State {
        var charges: [UUID: Charge] = [:]
        var entries: [ChargeEntry] = []
        var notices: [ChargeNotice] = []
        var calls = 0
        /// Entries that do not appear in the record yet, by their numbers.
        var hidden: Set<Int> = []
    }

    private let state = Mutex(State())
    private let mishap: @Sendable () -> Mishap?

    /// - Parameter mishap: Returns what happens to the next call.
    init(mishap: @escaping @Sendable () -> Mishap? = { nil }) { self.mishap = mishap }

    /// The processor as the payments service sees it.
    var api: ProcessorAPIDouble {
        ProcessorAPIDouble(
            charge: { [self] id, request in
                try call { $0.charge(id, request.amount, request.token == "tok_declined" ? .declined : .captured) }
            },
            refund: { [self] id in
                try call {
                    guard let charge = $0.charges[id] else { throw Problem(.notFound, "There is no such charge.") }
                    return charge.status == .captured ? $0.write(Charge(id: id, status: .refunded, amount: charge.amount)) : charge
                }
            },
            entries: { [self] after, limit in
                state.withLock { state in
                    let rest = state.entries.filter { $0.number > after ?? 0 && !state.hidden.contains($0.number) }
                    return ChargeEntries(items: Array(rest.prefix((limit ?? .default).count)))
                }
            },
            entry: { [self] id in
                guard let entry = state.withLock({ $0.entries.last { $0.charge.id == id } }) else { throw Problem(.notFound, "No.") }
                return entry
            })
    }

    /// All charges.
    var charges: [UUID: Charge] { state.withLock { $0.charges } }
    /// The notices so far, in order.
    var notices: [ChargeNotice] { state.withLock { $0.notices } }
    /// The number of calls that charge or refund.
    var calls: Int { state.withLock { $0.calls } }

    /// Makes a charge that the payments service did not ask for, or changes one.
    func put(_ charge: Charge) { state.withLock { _ = $0.write(charge) } }

    /// Forgets a charge, as a processor that was restored from an old backup.
    func forget(_ id: UUID) {
        state.withLock {
            $0.charges[id] = nil
            $0.entries.removeAll { $0.charge.id == id }
        }
    }

    /// Makes the record leave out its newest entry for now, as one whose transaction takes longer than later ones.
    func hideNewestEntry() { state.withLock { state in if let last = state.entries.last { state.hidden.insert(last.number) } } }

    /// Makes the record complete.
    func showAllEntries() { state.withLock { $0.hidden = [] } }

    private func call(_ body: (inout State) throws -> Charge) throws -> Charge {
        let mishap = mishap()
        if mishap == .lostCall { throw Problem.unavailable("The processor is down.") }
        let charge = try state.withLock {
            $0.calls += 1
            return try body(&$0)
        }
        switch mishap {
        case .lostAnswer: throw Problem.unavailable("The answer was lost.")
        case .contradiction: throw Problem(.unprocessable, "No.")
        default: return charge
        }
    }
}

extension SimulatedProcessor.State {
    fileprivate mutating func charge(_ id: UUID, _ amount: Money, _ status: ChargeStatus) -> Charge {
        charges[id] ?? write(Charge(id: id, status: status, amount: amount))
    }

    fileprivate mutating func write(_ charge: Charge) -> Charge {
        charges[charge.id] = charge
        let fee = charge.status == .declined ? 0 : UInt32(charge.amount.amount * 15 / 1000)
        let last = entries.last?.number ?? 0
        entries.append(
            ChargeEntry(
                // Numbers have gaps.
                number: last + 1 + last % 2, charge: charge,
                fee: charge.amount.currency == .euro ? .euros(cents: fee) : .zero(charge.amount.currency), at: Date()))
        notices.append(ChargeNotice(chargeId: charge.id, status: charge.status, id: .v7(), amount: charge.amount))
        return charge
    }
}

/// What happens to the next calls of a simulated processor, for tests that change it.
final class Mishap: Sendable {
    private let state = Mutex<SimulatedProcessor.Mishap?>(nil)

    var next: SimulatedProcessor.Mishap? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
