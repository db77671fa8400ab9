import RoostData
import RoostWork

extension MailQueue {
    /// The tables of the queue, in the service's own database.
    ///
    /// On PostgreSQL, mails have been jobs of the queue `mail` from the beginning.
    public static let migrations =
        [
            Migration(
                "roost_mail_1",
                sqlite: """
                    CREATE TABLE roost_mail (
                        id TEXT PRIMARY KEY,
                        from_address TEXT NOT NULL, from_name TEXT,
                        to_address TEXT NOT NULL, to_name TEXT,
                        subject TEXT NOT NULL, body TEXT NOT NULL, html TEXT,
                        written_at BIGINT NOT NULL,
                        state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at BIGINT NOT NULL, error TEXT
                    );
                    CREATE INDEX roost_mail_due ON roost_mail (state, due_at);
                    CREATE INDEX roost_mail_to ON roost_mail (to_address, written_at);
                    """, postgres: "")
        ] + WorkTables.migrations + [
            Migration(
                "roost_mail_2",
                sqlite: """
                    \(captured)
                    INSERT INTO roost_captured_mail (id, to_address, written_at, mail)
                    SELECT id, to_address, written_at, \(mailJSON) FROM roost_mail WHERE state = 'captured';
                    INSERT INTO roost_work (queue, id, job, added_at, due_at, state, attempts, is_retry, reason, ended_at)
                    SELECT 'mail', id, CASE state WHEN 'sent' THEN '' ELSE \(mailJSON) END, written_at, due_at,
                        CASE state WHEN 'sent' THEN 'done' WHEN 'failed' THEN 'dead' ELSE 'waiting' END, attempts, attempts > 0,
                        CASE state WHEN 'failed' THEN coalesce(error, '') END, CASE state WHEN 'waiting' THEN NULL ELSE due_at END
                    FROM roost_mail WHERE state <> 'captured' ORDER BY written_at, id;
                    DROP TABLE roost_mail;
                    """, postgres: captured)
        ]

    private static let captured = """
        CREATE TABLE roost_captured_mail (id TEXT PRIMARY KEY, to_address TEXT NOT NULL, written_at BIGINT NOT NULL, mail TEXT NOT NULL);
        CREATE INDEX roost_captured_mail_to ON roost_captured_mail (to_address, written_at);
        CREATE INDEX roost_captured_mail_written ON roost_captured_mail (written_at);
        """

    /// A row of the first table as JSON.
    private static let mailJSON = """
        json_object('id', id, 'from', from_address, 'fromName', from_name, 'to', to_address, 'toName', to_name, 'subject', subject,
            'text', body, 'html', html, 'writtenAt', written_at)
        """
}
