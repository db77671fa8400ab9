import Roost

/// What the sessions of one opened database file share.
struct SQLiteFile: Sendable {
    let location: SQLiteLocation
    let lock: WriterLock
    let log: WriteAheadLog

    /// - Throws: a `ConfigurationError` where there can be no such file.
    init(_ location: SQLiteLocation) throws(ConfigurationError) {
        self.location = location
        lock = try WriterLock(of: location.path)
        log = WriteAheadLog(of: location.path)
    }
}
