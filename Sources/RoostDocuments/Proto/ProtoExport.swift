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
    /// - Throws: A `ConfigurationError` that lists the changes, with the code `.breakingChange`, if a change would break existing clients.
    public init(_ contracts: [ContractDescription], keeping committed: ProtoLock) throws(ConfigurationError) {
        let files = contracts.map { ProtoFile($0) }
        let breaks = ProtoLock.check(ProtoLock(files), against: committed)
        guard breaks.isEmpty else { throw ConfigurationError(breaks.map(\.description), code: .breakingChange) }
        let lock = committed.updated(to: ProtoLock(files))
        self.lock = lock
        self.files = files.map { $0.reserving(lock) }
    }
}
