"""What must hold in a directory. Pure."""
