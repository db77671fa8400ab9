-- That an order was placed is told by the order itself, and no longer by a step of its own.
CREATE VIEW order_history (order_id, number, status, at) AS
SELECT id, 0, 'pending', created_at FROM orders
UNION ALL
SELECT order_id, number, status, at FROM order_steps WHERE status <> 'pending';

-- Tells a repeated request from another one under the same Idempotency-Key.
ALTER TABLE orders ADD COLUMN request_digest TEXT;

-- What was refused under an Idempotency-Key, kept for a day.
CREATE TABLE refused_requests (
    account_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest TEXT,
    refusal TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, idempotency_key)
);

CREATE INDEX refused_requests_by_age ON refused_requests (refused_at);
