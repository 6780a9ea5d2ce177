"""Running the product: metrics, schema, readiness of the database, outages.

Nothing here knows a complaint.
"""
