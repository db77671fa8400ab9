"""Runs the shop under load while it is harmed, and has the auditor count what became of every order."""
