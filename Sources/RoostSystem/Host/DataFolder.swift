import Foundation
import Roost

/// The folder for the system's data: `DATA_DIR`, or `.roost` in the working directory. It is created if necessary.
struct DataFolder {
    let path: String

    /// Determines the folder.
    /// - Throws: A `ConfigurationError` if the folder cannot be created or written to.
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
