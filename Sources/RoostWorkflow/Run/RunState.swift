import Roost
import Synchronization

/// The state of a run while it is worked on: its records, those that are not written yet, and what to undo. It is a pure state machine with a
/// lock around it, because steps can run at the same time.
final class RunState: Sendable {
    /// What a step that was asked for is to do.
    enum Answer {
        /// It was recorded.
        case recorded(StepOutcome)
        /// It has to be run.
        case new
        /// The run is cancelled instead.
        case cancelled
    }

    struct Undo: Sendable {
        let step: StepKey
        let body: @Sendable () async throws -> Void
    }

    fileprivate struct State {
        var records: [StepKey: StepRecord]
        /// The recorded steps that were not asked for so far.
        var unvisited: Set<StepKey>
        var asked: Set<StepKey> = []
        var pending: [StepRecord] = []
        var undos: [Undo] = []
        var interruption: RunInterruption?
        var isCancelRequested: Bool
        var isCancelDelivered = false
        var bodies = 0
        var completions = 0
        var writing: Latch?
        var lastNumber: Int
        var failures: Int
        var isEnded = false
        var rootTask: Int?
    }

    private let state: Mutex<State>
    /// Whether an earlier attempt may have begun steps that are not recorded.
    let isTakenUp: Bool
    /// Whether the records are replayed, without a database.
    let isReplay: Bool
    /// Opens when a cancellation of the run is requested.
    let cancelled = Latch()

    /// - Parameters:
    ///   - records: The recorded steps.
    ///   - isCancelRequested: Whether the run is to be cancelled.
    ///   - failures: The number of failures since the last recorded step. Each of them may have begun another step.
    ///   - isReplay: Whether the records are replayed, without a database.
    init(_ records: [StepRecord], isCancelRequested: Bool, failures: Int, isReplay: Bool = false) {
        self.isReplay = isReplay
        let byKey = Dictionary(records.map { ($0.step, $0) }) { _, last in last }
        state = Mutex(
            State(
                records: byKey, unvisited: Set(byKey.keys.filter { !$0.isUndo }), isCancelRequested: isCancelRequested,
                lastNumber: records.map(\.number).max() ?? 0, failures: failures))
        isTakenUp = failures > 0
    }

    /// Makes the current task that of the workflow.
    func enterRoot() { state.withLock { $0.rootTask = Self.currentTask } }

    /// Whether the current task is that of the workflow, which only the worker cancels.
    var isRootTask: Bool {
        let task = Self.currentTask
        return state.withLock { task != nil && task == $0.rootTask }
    }

    private static var currentTask: Int? { withUnsafeCurrentTask { $0?.hashValue } }

    /// Asks for a step.
    /// - Throws: The interruption of the run.
    func ask(_ step: StepKey, _ kind: StepKind) throws(RunInterruption) -> (answer: Answer, isSequential: Bool) {
        let task = Self.currentTask
        let result: Result<(Answer, Bool), RunInterruption> = state.withLock { state in
            let isSequential = task != nil && task == state.rootTask
            do throws(RunInterruption) {
                let answer = try state.ask(step, kind, isSequential: isSequential, isTakenUp: isTakenUp)
                if isReplay, case .new = answer { throw .replayed(at: step.label) }
                return .success((answer, isSequential))
            } catch {
                state.interruption = state.interruption ?? error
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Returns the first interruption; `error` becomes it if there is none.
    @discardableResult
    func interrupt(_ error: RunInterruption) -> RunInterruption {
        state.withLock { state in
            let first = state.interruption ?? error
            state.interruption = first
            return first
        }
    }

    var interruption: RunInterruption? { state.withLock { $0.interruption } }

    func requestCancel() {
        state.withLock { $0.isCancelRequested = true }
        cancelled.open()
    }

    /// Delivers a cancellation that was requested in the meantime to a step that was asked for.
    /// - Returns: Whether the run is cancelled.
    func takeCancel(at step: StepKey, _ kind: StepKind, isSequential: Bool, mayHaveBegun: Bool) -> Bool {
        state.withLock { $0.takeCancel(at: step, kind, isSequential, mayHaveBegun: mayHaveBegun) }
    }

    /// The number of failures since the last recorded step.
    var failures: Int { state.withLock { $0.failures } }

    /// Whether steps have begun whose outcome is not known.
    var hasOpenBodies: Bool { state.withLock { $0.bodies > 0 } }

    /// Whether the run has ended.
    var isEnded: Bool {
        get { state.withLock { $0.isEnded } }
        set { state.withLock { $0.isEnded = newValue } }
    }

    /// Whether a cancellation is still to be delivered.
    var wantsCancel: Bool { state.withLock { $0.isCancelRequested && !$0.isCancelDelivered } }

    /// Whether the run has been told that it is cancelled.
    var isCancelDelivered: Bool { state.withLock { $0.isCancelDelivered } }

    func register(_ undo: Undo) { state.withLock { $0.undos.append(undo) } }

    /// Takes the steps to undo, in the reverse order of their records. That order is the same in each attempt at the run, and the one in which
    /// the steps of a task group are asked for is not. Steps without a record come first.
    func takeUndos() -> [Undo] {
        state.withLock { state in
            defer { state.undos = [] }
            let numbered = state.undos.reversed().map { (undo: $0, number: state.records[$0.step]?.number ?? .max) }
            return numbered.sorted { $0.number > $1.number }.map(\.undo)
        }
    }

    func isRecorded(_ step: StepKey) -> Bool { state.withLock { $0.records[step] != nil } }

    /// Whether the outcome of an undo was recorded.
    func isUndone(_ step: StepKey) -> Bool {
        state.withLock { $0.records[StepKey(name: step.name, key: step.key, isUndo: true)] != nil }
    }

    func beginBody() { state.withLock { $0.bodies += 1 } }

    /// Records what came of a step.
    /// - Returns: Whether the bodies of other steps are still running.
    @discardableResult
    func record(_ record: StepRecord, endsBody: Bool = false) -> Bool {
        state.withLock { state in
            if endsBody { state.bodies -= 1 }
            state.add(record)
            return state.bodies > 0
        }
    }

    /// Returns the key of the next end of the run, which a workflow can try again after it has failed or was cancelled.
    func nextCompletion() -> String {
        state.withLock { state in
            state.completions += 1
            return state.completions == 1 ? "" : "\(state.completions)"
        }
    }

    func endBody() { state.withLock { $0.bodies -= 1 } }

    /// The recorded steps that were never asked for.
    var leftOver: [String] { state.withLock { $0.unvisited.map(\.label).sorted() } }
}

extension RunState {
    /// Takes the records to write; only one caller writes at a time, until it calls `endWriting`.
    /// - Parameter always: Whether the caller writes something in any case.
    /// - Returns: The records, and whether there is something to write; or what to wait for until another caller has written.
    func beginWriting(always: Bool) -> (records: [StepRecord], isBegun: Bool, busy: Latch?) {
        state.withLock { state in
            if let writing = state.writing { return ([], false, writing) }
            guard always || !state.pending.isEmpty else { return ([], false, nil) }
            defer { state.pending = [] }
            state.writing = Latch()
            return (state.pending, true, nil)
        }
    }

    /// Ends what `beginWriting` began.
    /// - Parameters:
    ///   - records: The records that it returned.
    ///   - extra: A further record that was written with them.
    ///   - isWritten: Whether they were written. If not, the next writer has them again.
    func endWriting(_ records: [StepRecord], and extra: StepRecord? = nil, isWritten: Bool) {
        state.withLock { state in
            if isWritten {
                state.failures = 0
                if let extra { state.records[extra.step] = extra }
            } else {
                state.pending = records + state.pending
            }
            defer { state.writing = nil }
            return state.writing
        }?.open()
    }

    /// Returns the next place in the order of the records.
    func nextNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }
}

extension RunState.State {
    fileprivate mutating func ask(
        _ step: StepKey, _ kind: StepKind, isSequential: Bool, isTakenUp: Bool
    ) throws(RunInterruption) -> RunState.Answer {
        if let interruption { throw interruption }
        if isEnded { throw .over }
        guard asked.insert(step).inserted else {
            throw .diverged("The step \(step.label) is asked for twice in a run. Give each of them a key of its own.")
        }
        unvisited.remove(step)
        if let record = records[step] {
            guard record.kind == kind else {
                throw .diverged("The step \(step.label) was recorded as a \(record.kind.rawValue), and is a \(kind.rawValue) now.")
            }
            if case .cancelled = record.outcome { isCancelDelivered = true }
            return .recorded(record.outcome)
        }
        // The task of the workflow asks for its steps in the same order each time.
        if isSequential {
            let next = unvisited.compactMap { records[$0] }.filter(\.isSequential).min { $0.number < $1.number }
            if let next { throw .diverged("The run comes to the step \(step.label), but \(next.step.label) was recorded before it.") }
        }
        return takeCancel(at: step, kind, isSequential, mayHaveBegun: isTakenUp) ? .cancelled : .new
    }

    fileprivate mutating func takeCancel(at step: StepKey, _ kind: StepKind, _ isSequential: Bool, mayHaveBegun: Bool) -> Bool {
        guard isCancelRequested, !isCancelDelivered, !step.isUndo else { return false }
        isCancelDelivered = true
        add(StepRecord(step: step, kind: kind, outcome: .cancelled(mayHaveBegun: mayHaveBegun), isSequential: isSequential))
        return true
    }

    fileprivate mutating func add(_ record: StepRecord) {
        var record = record
        lastNumber += 1
        record.number = lastNumber
        records[record.step] = record
        pending.append(record)
    }
}
