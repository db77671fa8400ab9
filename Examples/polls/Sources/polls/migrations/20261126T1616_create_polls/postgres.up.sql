CREATE TABLE polls (
    id uuid NOT NULL PRIMARY KEY,
    question text NOT NULL,
    choices jsonb NOT NULL
);

CREATE TABLE votes (
    poll uuid NOT NULL CONSTRAINT votes_poll_fkey REFERENCES polls (id) ON DELETE CASCADE,
    voter text NOT NULL,
    choice bigint NOT NULL,
    PRIMARY KEY (poll, voter)
);
