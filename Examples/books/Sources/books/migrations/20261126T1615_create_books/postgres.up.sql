CREATE TABLE books (
    id uuid NOT NULL PRIMARY KEY,
    isbn text NOT NULL CONSTRAINT books_isbn_check CHECK (length(isbn) >= 13 AND length(isbn) <= 13),
    title text NOT NULL,
    author text NOT NULL,
    price_amount bigint NOT NULL,
    price_currency text NOT NULL DEFAULT 'EUR',
    copies bigint NOT NULL DEFAULT 1,
    note text,
    tags jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX books_isbn_key ON books (isbn);

CREATE INDEX books_author_title_idx ON books (author, title);

CREATE TABLE loans (
    id uuid NOT NULL PRIMARY KEY,
    book uuid NOT NULL CONSTRAINT loans_book_fkey REFERENCES books (id) ON DELETE CASCADE,
    reader text NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE INDEX loans_reader_idx ON loans (reader);

CREATE TABLE shelves (
    name text NOT NULL PRIMARY KEY
);

CREATE TABLE placements (
    shelf text NOT NULL CONSTRAINT placements_shelf_fkey REFERENCES shelves (name) ON DELETE CASCADE,
    book uuid NOT NULL CONSTRAINT placements_book_fkey REFERENCES books (id) ON DELETE CASCADE,
    PRIMARY KEY (shelf, book)
);
