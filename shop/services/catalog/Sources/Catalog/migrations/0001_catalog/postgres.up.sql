CREATE TABLE products (
    sku text PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    price_amount bigint NOT NULL CHECK (price_amount >= 0),
    price_currency text NOT NULL,
    stock bigint NOT NULL CHECK (stock >= 0),
    image_url text NOT NULL
);

CREATE INDEX products_by_category ON products (category, sku);

CREATE TABLE reservations (
    order_id uuid PRIMARY KEY,
    status text NOT NULL,
    items jsonb NOT NULL,
    missing jsonb NOT NULL
);
