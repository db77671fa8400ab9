-- The tables of the database section, the same for every program: made and filled once a run, in an empty database.

CREATE TABLE world (
    id int PRIMARY KEY,
    number int NOT NULL
);
INSERT INTO world SELECT i, i * 7919 % 10000 + 1 FROM generate_series(1, 10000) AS i;

CREATE TABLE fortune (
    id int PRIMARY KEY,
    message text NOT NULL
);
INSERT INTO fortune VALUES
    (1, 'fortune: No such file or directory'),
    (2, 'A computer scientist is someone who fixes things that aren''t broken.'),
    (3, 'After enough decimal places, nobody gives a damn.'),
    (4, 'A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1'),
    (5, 'A computer program does what you tell it to do, not what you want it to do.'),
    (6, 'Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen'),
    (7, 'Any program that runs right is obsolete.'),
    (8, 'A list is only as strong as its weakest link. — Donald Knuth'),
    (9, 'Feature: A bug with seniority.'),
    (10, 'Computers make very fast, very accurate mistakes.'),
    (11, '<script>alert("This should not be displayed in a browser alert box.");</script>'),
    (12, 'フレームワークのベンチマーク');

-- No two prices are the same, so that an order by price is an order. Every tenth product is sold out, and every second one has a note.
CREATE TABLE products (
    id uuid PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    price_amount bigint NOT NULL,
    price_currency text NOT NULL,
    stock bigint NOT NULL,
    category text NOT NULL,
    note text,
    created_at timestamptz NOT NULL
);
INSERT INTO products
SELECT
    md5('product' || i)::uuid, 'sku-' || lpad(i::text, 5, '0'), 'Product number ' || i, 100 + i * 7919 % 99991, 'EUR',
    i / 10 % 10, 'category-' || i % 10, CASE i / 100 % 2 WHEN 0 THEN 'Ships in ' || i % 7 + 1 || ' days' END,
    timestamptz '2026-01-01 00:00:00Z' + i * interval '61.25 seconds'
FROM generate_series(1, 10000) AS i;
CREATE INDEX products_by_price ON products (category, price_amount, id);

-- 200 accounts with 50 orders each, and 5 lines in every order.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    account bigint NOT NULL,
    status text NOT NULL,
    total_amount bigint NOT NULL,
    total_currency text NOT NULL,
    placed_at timestamptz NOT NULL
);
INSERT INTO orders
SELECT
    md5('order' || i)::uuid, i % 200 + 1, (ARRAY['placed', 'confirmed', 'shipped'])[i % 3 + 1], 15 * (100 + i), 'EUR',
    timestamptz '2026-01-01 00:00:00Z' + i * interval '97.5 seconds'
FROM generate_series(1, 10000) AS i;
CREATE INDEX orders_by_account ON orders (account, placed_at);

CREATE TABLE order_lines (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    position bigint NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    price_amount bigint NOT NULL,
    price_currency text NOT NULL
);
INSERT INTO order_lines
SELECT
    md5('line' || i || '-' || n)::uuid, md5('order' || i)::uuid, n, 'sku-' || lpad((i * n % 10000 + 1)::text, 5, '0'), n, 100 + i, 'EUR'
FROM generate_series(1, 10000) AS i, generate_series(1, 5) AS n;
CREATE INDEX order_lines_by_order ON order_lines (order_id, position);

-- What COPY reads and writes.
CREATE TABLE copied (
    id bigint,
    sku text,
    amount bigint,
    created_at timestamptz
);

VACUUM ANALYZE;
