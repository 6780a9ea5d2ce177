"""What goes to the addresses of anchors, who are nobody's accounts."""

from workflow.words import N_, MessageChannel

ANCHOR_TEXTS = {
    MessageChannel.EMAIL: N_(
        "Anchor {count} over all complaints is in the file that comes with this e-mail."
        " Keep it: what is stored can be checked against it (flask audit verify --anchors)."
        "\n\n{anchor}"
    )
}

ANCHORS_MOVED_TEXTS = {
    MessageChannel.EMAIL: N_(
        "{by} has changed where anchors are sent. From now on they go to:\n\n{items}\n\n"
        "If you expect them and are not among these, ask why."
    )
}
