"""Counts every request for Prometheus."""

import time

from flask import Flask, Response, g, request

from tickets.operation import metrics


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    began = g.pop("began", None)
    seconds = time.perf_counter() - began if began is not None else None
    metrics.count_request(request.endpoint or "unknown", response.status_code, seconds)
    return response
