-- How many orders had a product and a partner of it. Each pair has two rows.
CREATE TABLE pairs (
    sku TEXT NOT NULL,
    partner TEXT NOT NULL,
    orders BIGINT NOT NULL,
    bought_at BIGINT NOT NULL,
    PRIMARY KEY (sku, partner)
);

-- The events that have taken effect.
CREATE TABLE handled_events (
    id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    handled_at BIGINT NOT NULL,
    PRIMARY KEY (id, generation)
);

CREATE INDEX handled_events_by_time ON handled_events (handled_at);

-- The events that could not be read or handled.
CREATE TABLE dead_letters (
    id TEXT NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    reason TEXT NOT NULL,
    event TEXT NOT NULL,
    died_at BIGINT NOT NULL
);
