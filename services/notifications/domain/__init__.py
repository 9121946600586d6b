"""Pure: what a to-do, a message and its delivery are."""
