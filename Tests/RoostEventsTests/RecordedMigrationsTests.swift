import RoostData
import RoostEvents
import RoostWork
import Testing

/// Databases of earlier versions have recorded these migrations, and refuse to start if one of them has changed.
@Suite struct RecordedMigrationsTests {
    @Test func whatDatabasesHaveRecordedIsUnchanged() {
        let recorded = [
            "roost_outbox_0001": "bae48ed28f6f1377", "roost_outbox_0002": "523325f02825ffe5", "roost_work_0001": "b6f1de55e2940a78",
            "roost_outbox_0003": "94ff8096cfcb5218", "roost_inbox_0001": "cfe2cdff6c705ac4", "roost_inbox_0002": "ba06ebcec55cd2e6",
        ]
        for migration in Outbox.migrations + Inbox.migrations where recorded[migration.name] != nil {
            #expect(migration.checksum(for: .sqlite) == recorded[migration.name], "\(migration.name)")
        }
    }
}
