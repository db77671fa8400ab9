import Foundation
import RoostData

extension [Migration] {
    /// Returns the migrations in the folder `migrations` of a target's resources.
    /// - Throws: An error if the folder cannot be read or a migration is invalid.
    public static func inside(_ bundle: Bundle) throws -> [Migration] {
        try Migration.load(from: bundle.bundleURL.appendingPathComponent("migrations"))
    }
}
