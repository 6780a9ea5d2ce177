"""For production servers: `gunicorn production:application`. Refuses an unready database."""

from app import create_app
from tickets.database import db
from tickets.operation.serving import refuse_to_serve_unready

# The server's address is not known here; a demo is served by `flask serve` alone.
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared with, not listened on

application = create_app()

with application.app_context():
    refuse_to_serve_unready(db.engine, ANY_ADDRESS)
