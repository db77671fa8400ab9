CREATE TABLE charges (
    id uuid PRIMARY KEY,
    status text NOT NULL,
    amount jsonb NOT NULL,
    token text NOT NULL
);

-- How often a charge was asked for, so that a flaky token knows when to work.
CREATE TABLE attempts (
    id uuid PRIMARY KEY,
    count bigint NOT NULL
);
