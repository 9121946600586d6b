"""Notifications: what waits for a person, the reminders, and the proof that a message arrived. `README.md` is the overview."""
