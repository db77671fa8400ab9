CREATE TABLE books (
    id TEXT NOT NULL PRIMARY KEY,
    isbn TEXT NOT NULL CONSTRAINT books_isbn_check CHECK (length(isbn) >= 13 AND length(isbn) <= 13),
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    price_amount INTEGER NOT NULL,
    price_currency TEXT NOT NULL DEFAULT 'EUR',
    copies INTEGER NOT NULL DEFAULT 1,
    note TEXT,
    tags TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX books_isbn_key ON books (isbn);

CREATE INDEX books_author_title_idx ON books (author, title);

CREATE TABLE loans (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL CONSTRAINT loans_book_fkey REFERENCES books (id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
);

CREATE INDEX loans_reader_idx ON loans (reader);

CREATE TABLE shelves (
    name TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE placements (
    shelf TEXT NOT NULL CONSTRAINT placements_shelf_fkey REFERENCES shelves (name) ON DELETE CASCADE,
    book TEXT NOT NULL CONSTRAINT placements_book_fkey REFERENCES books (id) ON DELETE CASCADE,
    PRIMARY KEY (shelf, book)
);
