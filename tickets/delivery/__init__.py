"""The ways out: mail, SMS and webhooks. Edges: they may commit, wait, and fail."""
