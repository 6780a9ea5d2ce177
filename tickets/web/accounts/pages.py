"""Signing in, signing out, and one's own account."""

from collections.abc import Iterable

import structlog
from flask import (
    Blueprint,
    Flask,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from tickets.accounts import sessions
from tickets.clock import now
from tickets.complaints import drafts
from tickets.database import db
from tickets.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from tickets.models import Installation, Person
from tickets.web.accounts import signed_in
from tickets.web.accounts.forms import PasswordForm, PreferencesForm, SignInForm
from tickets.web.shell import drafts as kept
from tickets.web.shell import errors
from tickets.web.shell.refusals import show_refusal
from tickets.web.shell.safe_next import safe_next
from tickets.web.shell.saving import answer_form
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused

log = structlog.get_logger("shouwen")

blueprint = Blueprint("auth", __name__)

WITH_INITIAL_PASSWORD = frozenset(
    {"auth.account", "auth.change_password", "auth.logout", "auth.login", "static"}
)
"""All that somebody may call who still has the password that an administrator issued."""
HTMX_WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML"}


def init_app(app: Flask) -> None:
    signed_in.login_manager.unauthorized_handler(sign_in_first)
    app.register_error_handler(CSRFError, form_token_refused)
    app.before_request(_change_initial_password_first)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    form = SignInForm()
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(_next(), 303)
        form.next.data = request.args.get("next", "")
        return _login_page(form)
    if "as" in request.form:
        return _login_page(form)
    if not form.validate():
        return _login_page(form), 422
    try:
        return redirect(_sign_in(form), 303)
    except Refused as refusal:
        db.session.rollback()
        show_refusal(refusal, form)
        return _login_page(form), _status_of(refusal, 401)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    present = signed_in.present_session() if current_user.is_authenticated else None
    if present is not None:
        sessions.sign_out(present, now=now())
        db.session.commit()
    signed_in.end()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("auth.login"), 303)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    return _account_page(PasswordForm(formdata=None), _preferences())


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    form, person = PasswordForm(), reader()

    def refused(refusal: Refused) -> ResponseReturnValue:
        show_refusal(refusal, form)
        return _account_page(form, _preferences()), _status_of(refusal, 422)

    return answer_form(
        form,
        lambda: _take_new_password(person, form),
        page=lambda: _account_page(form, _preferences()),
        then=lambda token: _go_on_in(token, person),
        said="",
        refused=refused,
    )


@blueprint.post("/account/preferences")
def save_preferences() -> ResponseReturnValue:
    form = PreferencesForm()
    if not form.validate():
        return _account_page(PasswordForm(formdata=None), form), 422
    current_user.language = form.language.data or None
    current_user.theme = form.theme.data
    current_user.shortcuts = form.shortcuts.data
    db.session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    sessions.end_sessions(reader(), because="signed_out_everywhere", now=now())
    db.session.commit()
    signed_in.end()
    flash(gettext("You are signed out everywhere."), "success")
    return redirect(url_for("auth.login"), 303)


def sign_in_first() -> ResponseReturnValue:
    """The answer to whoever must be signed in for this and is not; nothing typed is lost."""
    ended = signed_in.whose_it_was()
    if ended is not None:
        flash(gettext("Your session has ended. Sign in again."), "warning")
    if request.method == "GET":
        return _to_login(request.full_path.rstrip("?"))
    fields = kept.typed_fields()
    path = kept.form_path()
    if fields is None:
        return _to_login(path)
    form = SignInForm(formdata=None)
    form.next.data = path
    form.carried.data = kept.carry(fields, path=path, owner=ended)
    flash(gettext("What you typed is kept. Nothing was saved yet."), "info")
    _warn_of_files()
    response = make_response(_login_page(form))
    response.headers.update(HTMX_WHOLE_PAGE if _is_htmx() else {})
    return response


def form_token_refused(error: CSRFError) -> ResponseReturnValue:
    """The answer to a form whose token is missing, old or another session's."""
    log.warning("form token refused", reason=error.description, endpoint=request.endpoint)
    if not kept.came_from_our_page():
        return errors.page_without_database(400)
    if request.endpoint == "auth.login":
        flash(gettext("The page had expired. Sign in again."), "warning")
        return _login_page(SignInForm())
    if not current_user.is_authenticated:
        return sign_in_first()
    fields = kept.typed_fields()
    path = kept.form_path()
    if fields is None:
        flash(gettext("The page had expired. Nothing was done; try again."), "warning")
        return _go(path)
    db.session.rollback()
    drafts.keep_draft(current_user.id, path, fields, now=now())
    db.session.commit()
    _tell_what_is_kept()
    return _go(kept.filled(path))


def _sign_in(form: SignInForm) -> str:
    """Sign in and say where to go next; raises Refused."""
    address = signed_in.address()
    attempt = sessions.knock(form.login.data or "", address=address, now=now())
    db.session.commit()  # counted whatever follows, and nobody waits for the hash
    password = form.password.data or ""
    if not sessions.fits(attempt, password):
        raise Refused([sessions.wrong()])
    present = signed_in.present_session() if current_user.is_authenticated else None
    if present is not None:
        sessions.sign_out(present, now=now())
    token = sessions.let_in(attempt, password, now=now(), address=address)
    person = db.session.get_one(Person, attempt.person_id)
    path = _take_over(form, person)
    db.session.commit()
    signed_in.begin(person, token)
    if path is not None:
        _tell_what_is_kept()
        return kept.filled(path)
    return safe_next(form.next.data, "/")


def _take_new_password(person: Person, form: PasswordForm) -> str:
    """Every session of this person ends; the token of the one to go on in (S-21).

    Guessing the present password is counted as guessing at the sign-in page is (S-20)."""
    given = form.current_password.data or ""
    attempt = sessions.knock(
        person.login, address=signed_in.address(), now=now(), field="current_password"
    )
    db.session.commit()  # counted whatever follows, and nobody waits for the hash
    if sessions.fits(attempt, given):
        sessions.note_success(attempt)
        db.session.commit()  # a new password that is refused makes this one no guess
    sessions.change_password(person, current=given, new=form.new_password.data or "", now=now())
    return sessions.begin_session(person, now=now(), address=signed_in.address())


def _status_of(refusal: Refused, otherwise: int) -> int:
    too_many = any(reason.code == "too_many_attempts" for reason in refusal.reasons)
    return 429 if too_many else otherwise


def _take_over(form: SignInForm, person: Person) -> str | None:
    if not form.carried.data:
        return None
    return kept.take_over(form.carried.data, person_id=person.id, now=now())


def _go_on_in(token: str, person: Person) -> ResponseReturnValue:
    signed_in.begin(person, token)  # nothing said before stays in the browser's session
    flash(gettext("Your password is changed; other browsers are signed out."), "success")
    return redirect(url_for("auth.account"), 303)


def _tell_what_is_kept() -> None:
    flash(gettext("Nothing was saved yet. Check what you typed and send it again."), "warning")
    _warn_of_files()


def _warn_of_files() -> None:
    if kept.has_files():
        flash(gettext("Files could not be kept. Attach them again."), "warning")


def _next() -> str:
    return safe_next(request.args.get("next"), "/")


def _to_login(path: str) -> ResponseReturnValue:
    return _go(url_for("auth.login", next=safe_next(path, "/")))


def _go(path: str) -> ResponseReturnValue:
    """Send the browser there, also when a script of the page asked and not the person."""
    if not _is_htmx():
        return redirect(path, 303)
    response = Response(status=204)
    response.headers["HX-Redirect"] = path
    return response


def _is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _login_page(form: SignInForm) -> str:
    installation = db.session.get(Installation, 1)
    accounts = DEMO_ACCOUNTS if installation is not None and installation.is_demo else ()
    form.password.data = None
    _fill_in_demo_account(form, accounts)
    return render_template(
        "accounts/login.html", form=form, demo_accounts=accounts, demo_password=DEMO_PASSWORD
    )


def _fill_in_demo_account(form: SignInForm, accounts: Iterable[DemoAccount]) -> None:
    """One click on a demo account fills the form, without a script."""
    wanted = request.form.get("as")
    if any(account.login == wanted for account in accounts):
        form.login.data, form.password.data = wanted, DEMO_PASSWORD


def _account_page(password: PasswordForm, preferences: PreferencesForm) -> str:
    return render_template("accounts/account.html", password=password, preferences=preferences)


def _preferences() -> PreferencesForm:
    return PreferencesForm(
        formdata=None,
        data={
            "language": current_user.language or "",
            "theme": current_user.theme,
            "shortcuts": current_user.shortcuts,
        },
    )


def _change_initial_password_first() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in WITH_INITIAL_PASSWORD:
        return None
    if not current_user.is_authenticated or not current_user.password_is_initial:
        return None
    flash(gettext("Change the password that was issued to you before you go on."), "warning")
    return redirect(url_for("auth.account"), 303)
