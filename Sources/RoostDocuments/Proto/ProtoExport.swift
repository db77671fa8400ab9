import Roost

/// The `.proto` files of contracts, and the lock of their numbers and methods.
public struct ProtoExport: Hashable, Sendable {
    /// A file for each contract, with the reservations from the lock.
    public let files: [ProtoFile]
    /// The lock with all additions.
    public let lock: ProtoLock

    /// Generates the files, and checks them against the lock.
    /// - Parameters:
    ///   - contracts: The contracts.
    ///   - committed: The lock from the last export.
    /// - Throws: A `ProtoBreakage` if a change would break existing clients.
    public init(_ contracts: [ContractDescription], keeping committed: ProtoLock) throws(ProtoBreakage) {
        let files = contracts.map { ProtoFile($0) }
        let breaks = ProtoLock.check(ProtoLock(files), against: committed)
        guard breaks.isEmpty else { throw ProtoBreakage(breaks: breaks) }
        let lock = committed.updated(to: ProtoLock(files))
        self.lock = lock
        self.files = files.map { $0.reserving(lock) }
    }
}

/// An error that lists the changes to contracts that would break existing clients.
public struct ProtoBreakage: Error, Hashable, Sendable, CustomStringConvertible {
    /// The breaking changes.
    public let breaks: [ProtoLock.Break]

    /// One line per change.
    public var description: String { breaks.map(\.description).joined(separator: "\n") }
}
