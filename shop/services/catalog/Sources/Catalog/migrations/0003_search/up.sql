-- What a search compares: the name and the description as SearchText folds them. Empty where it has yet to be made.
ALTER TABLE products ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
