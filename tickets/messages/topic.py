"""What a topic is, and how the fields of its texts are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.words import MessageChannel


class Reader(StrEnum):
    """Who a topic is for."""

    PERSON = "person"
    CUSTOMER = "customer"
    WEBHOOK = "webhook"


class Shape(StrEnum):
    """How a field's value is written."""

    TEXT = "text"
    MOMENT = "moment"
    CODE = "code"
    SENTENCE = "sentence"
    NAMES = "names"


@dataclass(frozen=True)
class Field:
    """One thing that a text may name. `example` fills it in a preview."""

    label: str
    shape: Shape
    example: str


@dataclass(frozen=True)
class Topic:
    """`line` is the whole message in one sentence; other texts are made around it unless given."""

    code: str
    reader: Reader
    label: str
    fields: tuple[str, ...] = ()
    line: str = ""
    texts: Mapping[MessageChannel, str] = field(default_factory=dict)
    critical: bool = False
    held: bool = False
    """Whether it waits until the undo window has passed (CLO-13)."""
    general: bool = False
    """Whether it is about no complaint, so that there is no number."""
    any_hour: bool = False
    """Whether a customer may get it at night: it answers what they did just now."""
