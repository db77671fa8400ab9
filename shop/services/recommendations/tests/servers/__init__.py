"""The servers that tests need, on free ports of the loopback address."""
