"""Root causes as objects: opening, changing, linking, sharing progress, closing, measuring."""
