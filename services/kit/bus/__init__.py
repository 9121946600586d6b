"""How events travel: CloudEvents on RabbitMQ between processes, or through the same tables inside one process."""
