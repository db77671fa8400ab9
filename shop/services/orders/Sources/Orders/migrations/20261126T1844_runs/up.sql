-- roost: allow drop-column: the earlier version cannot see orders through that are runs, so it is stopped before this is applied

-- The orders in progress are runs of a workflow now. Steps that were taken already answer the same when they are repeated.
INSERT INTO roost_runs (id, name, version, queue, input, is_cancel_requested, started_at)
SELECT work.id, 'orders.flow', 1, 'run orders.flow/1', '{"order":"' || work.id || '"}',
    CASE WHEN orders.is_cancelled THEN 1 ELSE 0 END, work.added_at
FROM roost_work AS work JOIN orders ON CAST(orders.id AS TEXT) = work.id
WHERE work.queue = 'orders' AND work.state <> 'done' AND NOT orders.is_final;

UPDATE roost_work SET queue = 'run orders.flow/1', job = '{}', state = 'waiting', worker = NULL, attempts = 1, is_retry = 1, due_at = 0,
    reason = NULL, ended_at = NULL
WHERE queue = 'orders' AND id IN (SELECT id FROM roost_runs);

DELETE FROM roost_work WHERE queue = 'orders';

-- An order that was refused permanently goes on to be undone: the refusal is the record of its step.
INSERT INTO roost_run_steps (run_id, name, key, is_undo, number, kind, outcome, result, is_sequential, recorded_at)
SELECT run.id, 'reserve', '', 0, 1, 'step', 'done', '{"status":"reserved","missing":[]}', 1, run.started_at
FROM roost_runs AS run JOIN orders ON CAST(orders.id AS TEXT) = run.id WHERE orders.intended_end = 'declined'
UNION ALL SELECT run.id, 'reserved', '', 0, 2, 'transaction', 'done', 'null', 1, run.started_at
FROM roost_runs AS run JOIN orders ON CAST(orders.id AS TEXT) = run.id WHERE orders.intended_end = 'declined'
UNION ALL SELECT run.id, CASE orders.intended_end WHEN 'rejected' THEN 'reserve' ELSE 'charge' END, '', 0, 3, 'step', 'failed',
    '{"status":422,"code":"refused","detail":"refused before the order became a run"}', 1, run.started_at
FROM roost_runs AS run JOIN orders ON CAST(orders.id AS TEXT) = run.id WHERE orders.intended_end IN ('rejected', 'declined');

-- Orders that have ended keep nothing of the card.
UPDATE orders SET payment_token = '' WHERE is_final;

ALTER TABLE orders DROP COLUMN intended_end;

ALTER TABLE orders DROP COLUMN is_cancelled;
