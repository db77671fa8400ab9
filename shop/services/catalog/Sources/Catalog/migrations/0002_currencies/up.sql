-- Codes of ISO 4217 are capital letters; before they were checked, others were taken too.
UPDATE products SET price_currency = upper(price_currency);
