"""The lifecycle as people read it: the tables of `workflow.lifecycle` in one language.

`sheets` puts the sentences together; the help page shows them, `markdown` writes them down for
docs/lifecycle.md. How to say a sentence and how to call a code comes in as two functions,
because the language is the edge's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from workflow.lifecycle import ACTIONS, ORDER_ACTIONS, ORDER_STATUSES, STATUSES
from workflow.sentences import CONDITIONS, EFFECTS, RULES
from workflow.table import Action, AnyStatus, Ask, Move, StatusRow
from workflow.words import N_, OPEN, OPEN_ORDER, OrderStatus, Party, Status


@dataclass(frozen=True)
class Language:
    """How one language says a sentence of the catalogue and calls a code."""

    say: Callable[[str], str]
    call: Callable[[Enum], str]


@dataclass(frozen=True)
class StatusLine:
    code: str
    label: str
    meaning: str
    clock: str


@dataclass(frozen=True)
class ActionLine:
    """One action in words; every list may be empty."""

    name: str
    label: str
    says: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: tuple[str, ...]
    holds: tuple[str, ...]
    asks: tuple[str, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True)
class LifecycleSheet:
    """One lifecycle: its statuses, its actions, its diagram in Mermaid."""

    title: str
    statuses: tuple[StatusLine, ...]
    actions: tuple[ActionLine, ...]
    diagram: str


@dataclass(frozen=True)
class Tables:
    """One lifecycle as it is specified; `open` are the statuses in which something is owed."""

    title: str
    statuses: Mapping[AnyStatus, StatusRow]
    actions: Mapping[str, Action]
    every: frozenset[AnyStatus]
    open: frozenset[AnyStatus]


COMPLAINT = Tables(N_("Complaint"), STATUSES, ACTIONS, frozenset(Status), OPEN)
WORK_ORDER = Tables(
    N_("Work order"), ORDER_STATUSES, ORDER_ACTIONS, frozenset(OrderStatus), OPEN_ORDER
)

STATUS_HEADS = (N_("Status"), N_("Code"), N_("Meaning"), N_("Resolution clock"))
ORDER_STATUS_HEADS = (N_("Status"), N_("Code"), N_("Meaning"), N_("Clock"))
ACTION_HEADS = (
    N_("Action"),
    N_("From"),
    N_("To"),
    N_("Who"),
    N_("What must hold"),
    N_("What is asked"),
    N_("What follows"),
)


def sheets(language: Language) -> tuple[LifecycleSheet, LifecycleSheet]:
    """The complaint's and the work order's lifecycle in this language."""
    return _sheet(COMPLAINT, language), _sheet(WORK_ORDER, language)


def _sheet(tables: Tables, language: Language) -> LifecycleSheet:
    say = language.say
    return LifecycleSheet(
        title=say(tables.title),
        statuses=tuple(
            StatusLine(str(row.status), say(row.label), say(row.meaning), say(row.clock))
            for row in tables.statuses.values()
        ),
        actions=tuple(_action(action, tables, language) for action in tables.actions.values()),
        diagram=_mermaid(tables, language),
    )


def _action(action: Action, tables: Tables, language: Language) -> ActionLine:
    say, call = language.say, language.call
    effects = [say(EFFECTS[effect.plain]) for effect in action.then]
    effects += [
        f"{_target(move, language)}: {say(EFFECTS[effect.plain])}"
        for move in action.moves
        for effect in move.then
    ]
    return ActionLine(
        name=action.name,
        label=say(action.label),
        says=say(action.says),
        sources=_sources(action, tables, language),
        targets=_targets(action, tables, language),
        who=tuple(call(party) for party in Party if party in action.by),
        holds=tuple(say(RULES[rule]) for rule in action.holds),
        asks=tuple(_asked(ask, say) for ask in action.asks),
        effects=tuple(effects),
    )


def _sources(action: Action, tables: Tables, language: Language) -> tuple[str, ...]:
    if action.when == tables.every:
        return (language.say(N_("any status")),)
    if action.when == tables.open:
        return (language.say(N_("any open status")),)
    if not action.when:
        return (language.say(N_("nothing yet")),)
    return tuple(language.call(status) for status in tables.statuses if status in action.when)


def _targets(action: Action, tables: Tables, language: Language) -> tuple[str, ...]:
    if frozenset(action.targets()) == tables.open:
        conditions = {move.when for move in action.moves if move.when is not None}
        before = {language.say(CONDITIONS[condition]) for condition in conditions}
        return (f"{language.say(N_('any open status'))} ({'; '.join(sorted(before))})",)
    return tuple(_move(move, language) for move in action.moves)


def _move(move: Move, language: Language) -> str:
    target = _target(move, language)
    if move.when is None:
        return target
    return f"{target} ({language.say(CONDITIONS[move.when])})"


def _target(move: Move, language: Language) -> str:
    return language.call(move.to) if move.to is not None else language.say(N_("unchanged"))


def _asked(ask: Ask, say: Callable[[str], str]) -> str:
    if ask.needed is True:
        return say(ask.label)
    when = N_("optional") if ask.needed is False else N_("where it applies")
    return f"{say(ask.label)} ({say(when)})"


# Diagrams.


def _mermaid(tables: Tables, language: Language) -> str:
    """A stateDiagram-v2; what is possible from every open status hangs on their common frame."""
    lines = ["stateDiagram-v2", f'    state "{language.say(N_("Still open"))}" as open {{']
    for status in tables.statuses:
        if status in tables.open:
            lines.append(f'        state "{language.call(status)}" as {status}')
    lines += [f"        {line}" for line in _arrows(tables, language, inside=True)]
    lines.append("    }")
    for status in tables.statuses:
        if status not in tables.open:
            lines.append(f'    state "{language.call(status)}" as {status}')
    lines += [f"    {line}" for line in _arrows(tables, language, inside=False)]
    lines += [f"    {status} --> [*]" for status in tables.statuses if status not in tables.open]
    return "\n".join(lines)


def _arrows(tables: Tables, language: Language, *, inside: bool) -> Iterator[str]:
    labels: dict[tuple[str, str], list[str]] = {}
    for action in tables.actions.values():
        for source, target in _edges(action, tables):
            if (_is_open(source, tables) and _is_open(target, tables)) is inside:
                labels.setdefault((source, target), []).append(language.say(action.label))
    first = str(next(iter(tables.statuses)))
    if inside:
        yield f"[*] --> {first}"
    for (source, target), names in labels.items():
        yield f"{source} --> {target}: {' / '.join(dict.fromkeys(names))}"


def _edges(action: Action, tables: Tables) -> Iterator[tuple[str, str]]:
    targets = action.targets()
    from_all = action.when == tables.open and bool(targets)
    to_all = frozenset(targets) == tables.open
    sources = ["open"] if from_all else sorted(map(str, action.when))
    for source in sources:
        for target in ["open"] if to_all else list(dict.fromkeys(map(str, targets))):
            yield source, target


def _is_open(name: str, tables: Tables) -> bool:
    return any(str(status) == name for status in tables.open)


# Markdown.


def markdown(language: Language) -> str:
    """Both lifecycles as one chapter in this language."""
    complaint, order = sheets(language)
    say = language.say
    return "\n".join(
        [
            f"## {say(N_('Lifecycle'))}: {complaint.title}",
            "",
            *_chapter(complaint, STATUS_HEADS, say),
            f"## {say(N_('Lifecycle'))}: {order.title}",
            "",
            *_chapter(order, ORDER_STATUS_HEADS, say),
        ]
    )


def _chapter(
    sheet: LifecycleSheet, heads: tuple[str, ...], say: Callable[[str], str]
) -> Iterator[str]:
    yield from ("```mermaid", sheet.diagram, "```", "")
    yield from _row(say(head) for head in heads)
    yield _rule(len(heads))
    for line in sheet.statuses:
        yield from _row((f"**{line.label}**", f"`{line.code}`", line.meaning, line.clock))
    yield ""
    yield from _row(say(head) for head in ACTION_HEADS)
    yield _rule(len(ACTION_HEADS))
    for action in sheet.actions:
        named = f"**{action.label}** `{action.name}`<br>{action.says}"
        lists = (action.sources, action.targets, action.who, action.holds, action.asks)
        yield from _row((named, *map("<br>".join, (*lists, action.effects))))
    yield ""


def _row(cells: Iterable[str]) -> Iterator[str]:
    yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
