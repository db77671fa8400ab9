-- roost: no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_is_reconciled_id_idx ON payments (is_reconciled, id);
