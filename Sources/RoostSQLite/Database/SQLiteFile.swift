import Roost

/// The state that all sessions of an opened database file share.
package struct SQLiteFile: Sendable {
    let location: SQLiteLocation
    let lock: WriterLock
    let log: WriteAheadLog

    /// Creates the state for a file.
    /// - Throws: A `ConfigurationError` if the file cannot be created.
    package init(_ location: SQLiteLocation) throws(ConfigurationError) {
        self.location = location
        lock = try WriterLock(of: location.path)
        log = WriteAheadLog(of: location.path)
    }
}
