"""The services of Xiaoneng and the kit that they are built from."""
