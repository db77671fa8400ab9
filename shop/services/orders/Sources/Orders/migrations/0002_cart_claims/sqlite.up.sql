-- Up to which version an account has ordered its cart, and the order that did. What is in a cart at a version up to this one is ordered.
CREATE TABLE cart_claims (
    account_id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    order_id TEXT NOT NULL
);

-- Why an order ended otherwise than it should have: for those who run the shop.
ALTER TABLE orders ADD COLUMN reason TEXT;
