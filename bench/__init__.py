"""Measurements, never tests: what pages and actions cost, and how that grows."""
