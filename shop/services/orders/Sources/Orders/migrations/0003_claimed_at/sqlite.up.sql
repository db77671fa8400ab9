-- When the order was placed that has an account's cart: a call that came before then was beside it.
ALTER TABLE cart_claims ADD COLUMN claimed_at BIGINT NOT NULL DEFAULT 0;
