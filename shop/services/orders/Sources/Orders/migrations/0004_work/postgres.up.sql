-- What an order that was refused for good is to end as: written before anything is put back, so that a crash meanwhile changes nothing of it.
ALTER TABLE orders ADD COLUMN intended_end text;
