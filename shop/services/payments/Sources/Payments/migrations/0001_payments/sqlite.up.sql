CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    amount TEXT NOT NULL,
    token TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
