CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    price_amount INTEGER NOT NULL CHECK (price_amount >= 0),
    price_currency TEXT NOT NULL,
    stock INTEGER NOT NULL CHECK (stock >= 0),
    image_url TEXT NOT NULL
);

CREATE INDEX products_by_category ON products (category, sku);

CREATE TABLE reservations (
    order_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    items TEXT NOT NULL,
    missing TEXT NOT NULL
);
