import Foundation
import RoostData
import Testing

/// Databases of earlier versions have recorded these migrations, and refuse to start if one of them has changed.
@Suite struct RecordedMigrationsTests {
    @Test(arguments: [
        ("accounts", ["0001_accounts": "fbca67d083eb5687", "0002_session_expiry": "23d8dfcc22089b5"]),
        ("catalog", ["0001_catalog": "a861dbe47e32d845", "0002_currencies": "ed383ba877e34219", "0003_search": "ca76a35bbe875549"]),
        (
            "orders",
            [
                "0001_orders": "fa555f59a947438c", "0002_cart_claims": "5efa20b0c4a86c07", "0003_claimed_at": "eec0162e28275342",
                "0004_work": "793f02652dc9b39c", "0005_fewer_steps": "43b4201722d773bf",
            ]
        ),
        ("payments", ["0001_payments": "6e1e595ad0f32eee"]),
        ("processor", ["0001_processor": "af8f458ed5b5b7f1", "0002_notices_apart": "c306fefec18c9ce7", "0003_work": "7686e65f900cc92c"]),
    ])
    func whatDatabasesHaveRecordedIsUnchanged(service: String, recorded: [String: String]) throws {
        let shop = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let folder = shop.appending(path: "services/\(service)/Sources/\(service.capitalized)/migrations")
        let migrations = try Migration.load(from: folder)
        for (name, checksum) in recorded {
            #expect(migrations.first { $0.name == name }?.checksum(for: .sqlite) == checksum, "\(name)")
        }
        // Every migration has statements for both engines.
        #expect(migrations.allSatisfy { $0.checksum(for: .postgres) != nil && $0.checksum(for: .sqlite) != nil })
    }
}
