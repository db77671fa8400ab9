CREATE TABLE polls (
    id TEXT NOT NULL PRIMARY KEY,
    question TEXT NOT NULL,
    choices TEXT NOT NULL
);

CREATE TABLE votes (
    poll TEXT NOT NULL CONSTRAINT votes_poll_fkey REFERENCES polls (id) ON DELETE CASCADE,
    voter TEXT NOT NULL,
    choice INTEGER NOT NULL,
    PRIMARY KEY (poll, voter)
);
