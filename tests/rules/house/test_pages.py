"""What every page does in one way: forms carry their token, and save, as all others do."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TOKENS = {"_macros/forms.html", "shell/_head.html"}
"""The macro of forms, and the head, where scripts find the token."""


def test_forms_write_their_token_by_the_macro() -> None:
    """A form whose token is written by hand is a form that can forget it."""
    templates = ROOT / "templates"
    by_hand = {
        str(path.relative_to(templates))
        for path in templates.rglob("*.html")
        if "csrf_token()" in path.read_text(encoding="utf-8")
    }

    assert by_hand == TOKENS


def test_only_one_function_drops_what_was_kept_of_a_form() -> None:
    """Whoever drops a draft saves a form; all forms are saved by `answer_form` and `save_form`."""
    web = ROOT / "tickets" / "web"
    saving = {
        str(path.relative_to(web))
        for path in web.rglob("*.py")
        if "drop_draft(" in path.read_text(encoding="utf-8")
    }

    assert saving == {"shell/drafts.py", "shell/saving.py"}
