import Foundation
import Roost

/// The folder that holds what the system keeps: `DATA_DIR`, else `.roost` in the working folder. Made where it is not there.
struct DataFolder {
    let path: String

    /// - Throws: A `ConfigurationError` if the folder cannot be made or written to.
    init(_ settings: Settings) throws(ConfigurationError) {
        path = try settings[.dataFolder]
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard access(path, W_OK | X_OK) == 0 else { throw POSIXError(.EACCES) }
        } catch {
            throw ConfigurationError(key: "DATA_DIR", value: path, allowed: "a folder that can be written to")
        }
    }
}
