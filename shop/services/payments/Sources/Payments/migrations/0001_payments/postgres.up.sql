CREATE TABLE payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL UNIQUE,
    amount jsonb NOT NULL,
    token text NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL
);
