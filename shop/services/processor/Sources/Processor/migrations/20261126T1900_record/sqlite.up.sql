CREATE TABLE charge_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    charge TEXT NOT NULL,
    status TEXT NOT NULL,
    amount TEXT NOT NULL,
    fee INTEGER NOT NULL,
    at INTEGER NOT NULL
);

CREATE INDEX charge_entries_charge_number_idx ON charge_entries (charge, number);

-- Earlier charges are in the record as they are now.
INSERT INTO charge_entries (charge, status, amount, fee, at)
SELECT id, status, amount, CASE WHEN status = 'declined' THEN 0 ELSE json_extract(amount, '$.amount') * 15 / 1000 END, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
FROM charges ORDER BY id;
