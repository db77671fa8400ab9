"""Recommends products that were bought together, and learns from orders which these are."""
