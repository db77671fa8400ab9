ALTER TABLE products DROP CONSTRAINT IF EXISTS products_price_amount_check;

ALTER TABLE products ADD CONSTRAINT products_price_amount_check CHECK (price_amount >= 0 AND price_amount <= 1000000000000) NOT VALID;
