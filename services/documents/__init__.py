"""Official documents: incoming, outgoing, submissions for approval; their routes, handling, numbers and attachments."""
