"""What tests are built from: real servers, driven clocks, clients that serialise both ways."""
