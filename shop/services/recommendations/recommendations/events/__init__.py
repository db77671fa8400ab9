"""Events from the system's event bus, however it is reached."""
