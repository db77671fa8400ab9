-- Each notice has its own next try. Only those of one charge must come in order.
ALTER TABLE notices ADD COLUMN charge TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
-- Why the merchant will never take it. Then it is not sent any more, and kept to be looked at.
ALTER TABLE notices ADD COLUMN refusal TEXT;

UPDATE notices SET charge = json_extract(body, '$.chargeId');

CREATE INDEX notices_waiting ON notices (charge, number) WHERE refusal IS NULL;
CREATE INDEX notices_due ON notices (attempts, due_at) WHERE refusal IS NULL;
