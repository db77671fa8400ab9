"""Counts what became of every order, from what the customers were told and what the services recorded."""
