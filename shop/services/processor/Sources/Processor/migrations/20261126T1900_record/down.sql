DROP TABLE charge_entries;
