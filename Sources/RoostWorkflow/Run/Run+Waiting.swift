public import Roost
import RoostData

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Run {
    /// Pauses the run until a date. The pause is recorded, survives restarts, and takes no slot of a worker.
    /// - Parameters:
    ///   - date: The end of the pause, by the database's clock.
    ///   - name: The name of the step.
    ///   - key: Distinguishes steps with the same name in a run.
    /// - Throws: `RunCancelled`; or an error that interrupts the run.
    public func sleep(until date: Date, named name: String = "sleep", key: String = "") async throws {
        let step = StepKey(name: name, key: key)
        let (answer, isSequential) = try state.ask(step, .sleep)
        let end: Date
        switch answer {
        case .recorded(let outcome): end = try value(of: outcome, step, ResultCodec<Date>.schema)
        case .cancelled: throw RunCancelled()
        case .new:
            end = date
            state.record(
                StepRecord(
                    step: step, kind: .sleep, outcome: .done(ResultCodec<Date>.schema.encode(date)), isSequential: isSequential))
        }
        // Either the recorded pause had ended, or the record ends here.
        if state.isReplay { return }
        let left = end.timeIntervalSince(now)
        guard left > 0 else { return }
        throw state.interrupt(.waits(for: "the time \(RFC3339.format(end))", until: end))
    }

    /// Pauses the run for a time; see `sleep(until:named:key:)`.
    /// - Parameters:
    ///   - duration: How long to pause, from the time at which the run first comes to this step.
    ///   - name: The name of the step.
    ///   - key: Distinguishes steps with the same name in a run.
    /// - Throws: `RunCancelled`; or an error that interrupts the run.
    public func sleep(for duration: Duration, named name: String = "sleep", key: String = "") async throws {
        try await sleep(until: now.addingTimeInterval(duration / .seconds(1)), named: name, key: key)
    }

    /// Waits until a date for a signal of a type, and returns the first one that was sent to the run.
    /// - Parameters:
    ///   - type: The type of the signal.
    ///   - key: Distinguishes several waits for signals of the type in a run.
    ///   - date: When to stop waiting, by the database's clock; `nil` to wait without a limit. If the date has passed, this only looks for a signal.
    /// - Returns: The signal; `nil` if none came in time.
    /// - Throws: `RunCancelled`; or an error that interrupts the run.
    public func signal<Signal: WorkflowSignal>(_ type: Signal.Type, key: String = "", until date: Date? = nil) async throws -> Signal? {
        let step = StepKey(name: "signal \(Signal.name)", key: key), codec = ResultCodec<Signal?>.schema
        let (answer, isSequential) = try state.ask(step, .signal)
        switch answer {
        case .recorded(let outcome): return try value(of: outcome, step, codec)
        case .cancelled: throw RunCancelled()
        case .new: break
        }
        func record(_ json: String) -> StepRecord {
            StepRecord(step: step, kind: .signal, outcome: .done(json), isSequential: isSequential)
        }
        if let json = try await receive(Signal.name, record) { return try value(of: .done(json), step, codec) }
        guard let date, date <= now else { throw state.interrupt(.waits(for: "the signal \(Signal.name)", until: date)) }
        state.record(record("null"))
        return nil
    }

    /// Takes a signal, and records that in the same transaction.
    /// - Returns: The signal, as JSON; `nil` if there is none.
    private func receive(_ name: String, _ record: (String) -> StepRecord) async throws -> String? {
        guard let (number, json) = try await guarded({ try await store.signal(name, of: id) }) else { return nil }
        let records = await writing()
        var isWritten = false, written = record(json)
        defer { state.endWriting(records, and: written, isWritten: isWritten) }
        written.number = state.nextNumber()
        let all = records + [written]
        try await guarded {
            try await store.database.transaction { transaction in
                _ = try await store.write(all, of: self, in: transaction)
                try await store.removeSignal(number, in: transaction)
            }
        }
        isWritten = true
        return json
    }
}
