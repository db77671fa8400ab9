DROP TABLE votes;

DROP TABLE polls;
