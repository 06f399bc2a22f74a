"""What leaves the platform: how mail and HTTP requests are really sent. Knows nothing of flows or of the database."""
