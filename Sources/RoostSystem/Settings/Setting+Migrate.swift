import Roost
import RoostData

extension Setting where Value == MigrationMode? {
    /// `MIGRATE`, what to do at the start if migrations have not been applied.
    static var migrate: Setting {
        Setting(
            "MIGRATE", allowed: "apply, wait or check",
            described: "apply in development, on SQLite, and in a database without recorded migrations; check otherwise",
            purpose: "Whether the start applies missing migrations, waits until they are applied, or is refused.",
            parse: { MigrationMode(rawValue: $0) })
    }
}
