import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WorkStore {
    /// The time of the database's engine, which the workers of all machines share, in milliseconds since 1970.
    private static let engineTime: SQL = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

    /// The current time, in milliseconds since 1970.
    var now: SQL { Self.now(by: database.clock) }

    /// The current time, in milliseconds since 1970.
    /// - Parameter clock: The clock of the database. The engine's time stands for that of the operating system.
    static func now(by clock: any ServiceClock) -> SQL { clock is WallClock ? engineTime : "\(clock.now)" }
}
