"""What the guide to programs in other languages quotes, beside the service itself."""
