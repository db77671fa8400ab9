-- roost: in-batches
UPDATE payments SET token = '' WHERE id IN (SELECT id FROM payments WHERE token <> '' AND status <> 'pending' LIMIT 1000);
