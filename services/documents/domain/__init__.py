"""What a document is and which steps are allowed. No SQL, no proto, no clock of its own."""
