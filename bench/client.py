"""A browser as plain as can be: one connection, cookies, and a stop-watch."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    queries: int
    body: str


class Browser:
    """Signed in as one person."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = ""
        signed_in = self.post("/login", {"login": login, "password": password})
        if signed_in.status != 303:
            raise RuntimeError(f"{login} could not sign in: {signed_in.status}")

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": self.cookie, "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("session="):
                self.cookie = cookie.split(";")[0]
        return Answer(
            response.status,
            response.headers.get("Location", ""),
            int(response.headers.get("X-Queries", 0)),
            text,
        )


@dataclass(frozen=True)
class Figures:
    """Milliseconds at the median and the 95th percentile, requests a second, queries."""

    p50: float
    p95: float
    rate: float
    queries: int


def measure(ask: Callable[[], Answer], times: int, expect: tuple[int, ...] = (200,)) -> Figures:
    """Ask `times` times in a row, after two that do not count."""
    spent, queries = [], 0
    for n in range(times + 2):
        began = time.perf_counter()
        answer = ask()
        if n >= 2:
            spent.append((time.perf_counter() - began) * 1000)
        if answer.status not in expect:
            raise RuntimeError(f"answered {answer.status}: {answer.body[:400]}")
        queries = max(queries, answer.queries)
    spent.sort()
    p95 = spent[min(len(spent) - 1, int(len(spent) * 0.95))]
    return Figures(statistics.median(spent), p95, 1000 * len(spent) / sum(spent), queries)


def together(browsers: list[Browser], path: str, seconds: float) -> float:
    """Requests a second of several browsers asking for one page at the same time."""
    ends, counts = time.perf_counter() + seconds, [0] * len(browsers)

    def run(n: int) -> None:
        while time.perf_counter() < ends:
            browsers[n].get(path)
            counts[n] += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds
