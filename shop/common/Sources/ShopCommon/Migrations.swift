import Foundation
import RoostData

extension [Migration] {
    /// The migrations that a service's target carries in its folder `migrations`.
    public static func inside(_ bundle: Bundle) throws -> [Migration] {
        try Migration.load(from: bundle.bundleURL.appendingPathComponent("migrations"))
    }
}
