"""Health, metrics and readiness of this process.

Jobs have a page in `web/admin`.
"""
