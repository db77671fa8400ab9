-- Notices are jobs of the queue `notices` now.
INSERT INTO roost_work (queue, id, lane, job, added_at, due_at, state, attempts, is_retry, reason, ended_at)
SELECT 'notices', 'notice-' || number, charge, body, due_at, due_at, CASE WHEN refusal IS NULL THEN 'waiting' ELSE 'dead' END,
    attempts, attempts > 0, refusal, CASE WHEN refusal IS NULL THEN NULL ELSE due_at END
FROM notices ORDER BY number;

DROP TABLE notices;
