import Roost
import RoostData

extension Setting where Value == MigrationMode? {
    /// `MIGRATE`, what to do at the start if migrations have not been applied.
    static var migrate: Setting {
        Setting(
            "MIGRATE", allowed: "apply, wait or check",
            described: "apply in development, on SQLite, and in an empty database; check otherwise",
            purpose: "Whether the start applies migrations, waits for them, or is refused if some are missing.",
            parse: { MigrationMode(rawValue: $0) })
    }
}
