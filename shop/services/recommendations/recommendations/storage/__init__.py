"""What the service has learned, in SQLite or in PostgreSQL."""
