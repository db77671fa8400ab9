CREATE TABLE roost_new_products (
    sku TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    price_amount INTEGER NOT NULL CONSTRAINT products_price_amount_check CHECK (price_amount >= 0 AND price_amount <= 1000000000000),
    price_currency TEXT NOT NULL,
    stock INTEGER NOT NULL CONSTRAINT products_stock_check CHECK (stock >= 0),
    image_url TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT '',
    CHECK (price_amount >= 0)
);

INSERT INTO roost_new_products (sku, name, description, category, price_amount, price_currency, stock, image_url, search_text)
SELECT sku, name, description, category, price_amount, price_currency, stock, image_url, search_text FROM products;

DROP TABLE products;

ALTER TABLE roost_new_products RENAME TO products;

CREATE INDEX products_by_category ON products (category, sku);
