"""Inflicts faults on the shop while customers buy, and has an auditor count what became of every order."""
