import Roost

/// The `.proto` files of contracts, and the lock of their numbers.
public struct ProtoExport: Hashable, Sendable {
    /// A file for each contract, with what the lock says is not to be used again.
    public let files: [ProtoFile]
    /// The lock, with what is new.
    public let lock: ProtoLock

    /// - Parameter committed: what was agreed on before.
    /// - Throws: where a contract breaks what was agreed on.
    public init(_ contracts: [ContractDescription], keeping committed: ProtoLock) throws(ProtoBreakage) {
        let files = contracts.map { ProtoFile($0) }
        let breaks = ProtoLock.check(ProtoLock(files), against: committed)
        guard breaks.isEmpty else { throw ProtoBreakage(breaks: breaks) }
        let lock = committed.updated(to: ProtoLock(files))
        self.lock = lock
        self.files = files.map { $0.reserving(lock) }
    }
}

/// Contracts that break what was agreed on.
public struct ProtoBreakage: Error, Hashable, Sendable, CustomStringConvertible {
    public let breaks: [ProtoLock.Break]

    public var description: String { breaks.map(\.description).joined(separator: "\n") }
}
