CREATE TABLE charges (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    amount TEXT NOT NULL,
    token TEXT NOT NULL
);

-- How often a charge was asked for, so that a flaky token knows when to work.
CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    count INTEGER NOT NULL
);

-- Notices that the merchant has not taken yet.
CREATE TABLE notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL
);
