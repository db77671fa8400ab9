import RoostData

extension MailQueue {
    /// The table that the queue lives in, in the service's own database.
    public static let migrations = [
        Migration(
            "roost_mail_1",
            """
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
            """)
    ]

    enum State: String, SQLValue {
        case waiting, captured, sent, failed
    }
}

extension Mail {
    init(_ row: Row) throws {
        try self.init(
            id: row.get("id"), from: MailAddress(row.get("from_address"), name: row.get("from_name")),
            to: MailAddress(row.get("to_address"), name: row.get("to_name")), subject: row.get("subject"), text: row.get("body"),
            html: row.get("html"), date: row.get("written_at"))
    }
}
