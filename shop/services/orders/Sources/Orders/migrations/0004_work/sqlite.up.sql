-- What an order that was refused for good is to end as: written before anything is put back, so that a crash meanwhile changes nothing of it.
ALTER TABLE orders ADD COLUMN intended_end TEXT;

-- The orders under way are jobs of the queue `orders` now.
INSERT INTO roost_work (queue, id, job, added_at, due_at)
SELECT 'orders', id, json_object('order', id), created_at, created_at FROM orders WHERE is_final = 0 ORDER BY id;

DROP INDEX orders_under_way;
