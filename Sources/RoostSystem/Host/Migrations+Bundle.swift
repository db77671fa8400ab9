public import Foundation
public import RoostData

extension [Migration] {
    /// Returns the migrations in the folder `migrations` of a target's resources, in the order in which they are
    /// applied; see `Migration.load(from:)`.
    ///
    /// The target declares the folder in its manifest with `resources: [.copy("migrations")]`.
    /// - Parameter bundle: The target's bundle: `.module`.
    /// - Throws: A `ConfigurationError` if the folder cannot be read or contains anything else.
    public static func inside(_ bundle: Bundle) throws(ConfigurationError) -> [Migration] {
        try Migration.load(from: bundle.bundleURL.appending(path: "migrations"))
    }
}
