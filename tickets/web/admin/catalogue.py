"""The pages of categories and causes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.administration import catalogue
from tickets.administration.catalogue import CategoryData, CauseData
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Category, Cause
from tickets.web.shell.admin_forms import CategoryForm, CauseForm, names_as_fields
from tickets.web.shell.drafts import prefill
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import done, loaded, save
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader


def categories() -> ResponseReturnValue:
    rows = catalogue.categories_in_order()
    return render_template("admin/categories.html", rows=rows)


def add_category() -> ResponseReturnValue:
    form = _with_choices(CategoryForm())
    return _answer(
        form,
        None,
        lambda: done(
            form,
            lambda: catalogue.add_category(_category_data(form), actor=reader(), now=now()),
        ),
    )


def category(category_id: UUID) -> ResponseReturnValue:
    shown = loaded(Category, category_id)
    stored = {**_stored(Subject.CATEGORY, shown), "parent": str(shown.parent_id or "")}
    form = _with_choices(CategoryForm(data=stored))

    def change() -> None:
        data = _category_data(form)
        catalogue.change_category(shown, data, actor=reader(), now=now())

    return _answer(form, shown, lambda: save(form, Subject.CATEGORY, category_id, change))


def causes() -> ResponseReturnValue:
    rows = [(cause, 0) for cause in catalogue.causes_in_order()]
    return render_template("admin/causes.html", rows=rows)


def add_cause() -> ResponseReturnValue:
    form = CauseForm()
    return _answer(
        form,
        None,
        lambda: done(
            form, lambda: catalogue.add_cause(_cause_data(form), actor=reader(), now=now())
        ),
    )


def cause(cause_id: UUID) -> ResponseReturnValue:
    shown = loaded(Cause, cause_id)
    form = CauseForm(data=_stored(Subject.CAUSE, shown))

    def change() -> None:
        catalogue.change_cause(shown, _cause_data(form), actor=reader(), now=now())

    return _answer(form, shown, lambda: save(form, Subject.CAUSE, cause_id, change))


def _answer(
    form: CauseForm | CategoryForm,
    shown: Category | Cause | None,
    keep: Callable[[], HTTPStatus],
) -> ResponseReturnValue:
    prefill(form)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = keep() if form.validate() else HTTPStatus.UNPROCESSABLE_ENTITY
    is_category = isinstance(form, CategoryForm)
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for("admin.categories" if is_category else "admin.causes"), status)
    subject = Subject.CATEGORY if is_category else Subject.CAUSE
    history = history_of(subject, shown.id) if shown else []
    template = "admin/category.html" if is_category else "admin/cause.html"
    return render_template(template, form=form, shown=shown, history=history), status


def _with_choices(form: CategoryForm) -> CategoryForm:
    language = chosen_language()
    form.parent.choices = [("", gettext("None: this is the top"))] + [
        (str(each.id), "　" * depth + in_reader_language(each.names, language))
        for each, depth in catalogue.categories_in_order()
    ]
    return form


def _category_data(form: CategoryForm) -> CategoryData:
    parent = db.session.get(Category, UUID(form.parent.data)) if form.parent.data else None
    return CategoryData(form.code.data or "", form.names, form.active.data, parent)


def _cause_data(form: CauseForm) -> CauseData:
    return CauseData(form.code.data or "", form.names, form.active.data)


def _stored(subject: Subject, shown: Category | Cause) -> dict[str, Any]:
    return {
        "version": version_of(subject, shown.id),
        "code": shown.code,
        "active": shown.active,
        **names_as_fields(shown.names),
    }
