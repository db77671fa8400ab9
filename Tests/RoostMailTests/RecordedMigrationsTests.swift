import RoostData
import RoostMail
import Testing

/// Databases of earlier versions have recorded these migrations, and refuse to start if one of them has changed.
@Suite struct RecordedMigrationsTests {
    @Test func whatDatabasesHaveRecordedIsUnchanged() {
        let recorded = ["roost_mail_1": "f73113aa9b6b52fd", "roost_work_0001": "b6f1de55e2940a78", "roost_mail_2": "3b11af1b8a98892f"]
        for migration in MailQueue.migrations where recorded[migration.name] != nil {
            #expect(migration.checksum(for: .sqlite) == recorded[migration.name], "\(migration.name)")
        }
    }
}
