"""Shouwen, assembled: configuration, extensions, blueprints, commands."""

import os
from collections.abc import Mapping

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from tickets import cli, database, log, models, web
from tickets.config import ROOT, Config, read_config
from tickets.operation.schema import MIGRATIONS
from tickets.workers import kinds


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The application. `config` goes over the environment, with the environment's names;
    names that are not settings of ours go to Flask as they are."""
    said = {**os.environ, **(config or {})}
    settings = read_config(said)
    app = Flask(__name__, root_path=str(ROOT), instance_path=str(ROOT / "instance"))
    app.config.from_mapping(settings.for_flask())
    app.config.update(_flask_names(config or {}))
    app.extensions["config"] = settings
    add_extensions(app, settings)
    add_blueprints(app)
    cli.init_app(app)
    return app


def add_extensions(app: Flask, settings: Config) -> None:
    log.init_app(app, settings)
    database.init_app(app)
    Migrate(app, database.db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
    for part in web.PARTS:
        part(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Werkzeug's own way of wrapping
            app.wsgi_app, x_for=n, x_proto=n, x_host=n, x_prefix=n
        )


def add_blueprints(app: Flask) -> None:
    for blueprint in web.BLUEPRINTS:
        app.register_blueprint(blueprint)


def _flask_names(config: Mapping[str, object]) -> dict[str, object]:
    ours = {name.upper() for name in Config.__dataclass_fields__}
    return {name: value for name, value in config.items() if name not in ours}


# Importing `kinds` registers every kind of job: each process knows what should run.
__all__ = ["create_app", "kinds", "models"]
