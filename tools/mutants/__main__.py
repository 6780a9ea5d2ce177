"""`python -m tools.mutants effects|rules`; see the package."""

import argparse
from datetime import UTC, datetime

from tools.mutants import effects, rules
from tools.mutants.running import ROOT

DOCUMENT = ROOT / "docs" / "tests.md"
MARK = "<!-- What follows is written by `make mutants`. -->\n"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tools.mutants")
    asked.add_argument("what", choices=("effects", "rules"))
    asked.add_argument("--find", action="store_true", help="look for tests of effects without one")
    asked.add_argument("--sample", type=int, default=200, help="how many faults are planted")
    asked.add_argument("--seed", type=int, default=11)
    asked.add_argument("--workers", type=int, default=2)
    wanted = asked.parse_args()
    if wanted.what == "rules":
        return write(rules.judge(rules.planted(wanted.sample, wanted.seed), wanted.workers), wanted)
    if wanted.find:
        effects.find(effects.every())
    found = effects.check(effects.every())
    left = [name for name, verdict in found.items() if not verdict.noticed]
    print(f"{len(found)} effects, {len(left)} left: {left}")
    return bool(left)


def write(scores: list[rules.Score], wanted: argparse.Namespace) -> int:
    """The score, with what nobody noticed, into the document."""
    rows = [
        f"| `{each.file}` | {each.planted} | {each.planted - len(each.left)} |" for each in scores
    ]
    left = [f"- `{f.file}:{f.line}` {f.what}" for each in scores for f in each.left]
    total = sum(each.planted for each in scores)
    noticed = total - sum(len(each.left) for each in scores)
    text = "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, `python -m tools.mutants rules --sample {wanted.sample}"
            f" --seed {wanted.seed}`: {noticed} of {total} faults were noticed.",
            "",
            "| file | planted | noticed |",
            "|---|---|---|",
            *rows,
            "",
            "Not noticed:",
            "",
            *(left or ["nothing"]),
            "",
        ]
    )
    before = DOCUMENT.read_text("utf-8").partition(MARK)[0]
    DOCUMENT.write_text(before + MARK + "\n" + text, "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
