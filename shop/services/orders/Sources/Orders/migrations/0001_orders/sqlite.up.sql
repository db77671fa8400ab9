CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    email TEXT NOT NULL,
    status TEXT NOT NULL,
    is_final INTEGER NOT NULL DEFAULT 0,
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    items TEXT NOT NULL,
    total TEXT NOT NULL,
    address TEXT NOT NULL,
    payment_token TEXT NOT NULL,
    cart_version INTEGER NOT NULL,
    idempotency_key TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, idempotency_key)
);

CREATE INDEX orders_of_account ON orders (account_id, id);
CREATE INDEX orders_under_way ON orders (id) WHERE is_final = 0;

CREATE TABLE order_steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    status TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX steps_of_order ON order_steps (order_id, number);
