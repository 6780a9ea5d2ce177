"""What goes to the addresses of anchors, who are nobody's accounts."""

from tickets.messages.topic import Reader, Topic
from workflow.words import N_, MessageChannel

ANCHOR = Topic(
    "anchor",
    Reader.PERSON,
    N_("Anchor"),
    ("count", "anchor"),
    N_("Anchor {count}"),
    {
        MessageChannel.EMAIL: N_(
            "Anchor {count} over all complaints is in the file that comes with this e-mail."
            " Keep it: what is stored can be checked against it (flask audit verify --anchors)."
            "\n\n{anchor}"
        )
    },
    general=True,
)
"""Sent once a day to the addresses that the policy names."""

ANCHORS_MOVED = Topic(
    "anchors_moved",
    Reader.PERSON,
    N_("Other addresses for anchors"),
    ("by", "items"),
    N_("Anchors go to other addresses from now on"),
    {
        MessageChannel.EMAIL: N_(
            "{by} has changed where anchors are sent. From now on they go to:\n\n{items}\n\n"
            "If you expect them and are not among these, ask why."
        )
    },
    general=True,
)
"""Told to the addresses before."""
