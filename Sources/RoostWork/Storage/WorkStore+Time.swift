import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WorkStore {
    /// The current time, in milliseconds since 1970.
    var now: SQL { Self.now(in: database) }

    /// The current time, in milliseconds since 1970, by the clock of a database. If that is the operating system's, the engine's own time
    /// is used, which the workers of all machines share.
    static func now(in database: some Querying) -> SQL {
        guard database.clock is WallClock else { return "CAST(\(database.clock.now) AS BIGINT)" }
        return switch database.dialect.name {
        case "postgres": "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)"
        default: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        }
    }
}
