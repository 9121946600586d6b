"""Straight from the mapping: this service has no history."""
