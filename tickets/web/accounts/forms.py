"""The forms of signing in and of one's own account."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length
from wtforms.widgets import PasswordInput

from tickets.accounts.passwords import LONGEST
from tickets.accounts.sessions import LOGIN_LENGTH
from tickets.web.shell.languages import LANGUAGES
from tickets.web.shell.options import options


class SignInForm(FlaskForm):
    """`carried` holds what was typed elsewhere when the session had ended, signed."""

    login = StringField(
        lazy_gettext("Login"),
        [InputRequired(), Length(max=LOGIN_LENGTH)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(), Length(max=LONGEST)],
        widget=PasswordInput(hide_value=False),  # the page clears it, but for a demo account
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    carried = HiddenField()


class PasswordForm(FlaskForm):
    current_password = PasswordField(
        lazy_gettext("Present password"),
        [InputRequired(), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        lazy_gettext("New password"),
        [InputRequired(), Length(max=LONGEST)],
        render_kw={"autocomplete": "new-password"},
    )
    again_password = PasswordField(
        lazy_gettext("New password again"),
        [InputRequired(), EqualTo("new_password", lazy_gettext("The two do not match."))],
        render_kw={"autocomplete": "new-password"},
    )


class PreferencesForm(FlaskForm):
    """How the pages look and listen; kept per person."""

    language = SelectField(
        lazy_gettext("Language"),
        choices=options([("", lazy_gettext("As the browser asks")), *LANGUAGES.items()]),
    )
    theme = SelectField(
        lazy_gettext("Light or dark"),
        choices=options(
            [
                ("auto", lazy_gettext("As the device")),
                ("light", lazy_gettext("Light")),
                ("dark", lazy_gettext("Dark")),
            ]
        ),
    )
    shortcuts = BooleanField(lazy_gettext("Keyboard shortcuts"))
