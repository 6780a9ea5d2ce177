"""The pages of categories and causes."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tickets.administration import catalogue
from tickets.administration.catalogue import CategoryData, CauseData
from tickets.clock import now
from tickets.database import db
from tickets.models import Category, Cause
from tickets.web.admin.named import (
    CATEGORIES,
    CAUSES,
    INDENT,
    answer_entry,
    list_page,
    parent_choices,
    stored_fields,
)
from tickets.web.shell.admin_forms import CategoryForm, CauseForm
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.saving import loaded
from tickets.web.shell.typed import in_reader_language
from tickets.web.shell.viewer import reader


def categories() -> ResponseReturnValue:
    return list_page(CATEGORIES, catalogue.categories_in_order())


def add_category() -> ResponseReturnValue:
    form = _with_choices(CategoryForm())

    def add() -> Category:
        return catalogue.add_category(_category_data(form), actor=reader(), now=now())

    return answer_entry(CATEGORIES, form, add)


def category(category_id: UUID) -> ResponseReturnValue:
    shown = loaded(Category, category_id)
    stored = stored_fields(CATEGORIES, shown)
    parent = str(shown.parent_id or "")
    form = _with_choices(CategoryForm(data={**stored, "active": shown.active, "parent": parent}))

    def change() -> None:
        catalogue.change_category(shown, _category_data(form), actor=reader(), now=now())

    return answer_entry(CATEGORIES, form, change, shown)


def causes() -> ResponseReturnValue:
    return list_page(CAUSES, [(cause, 0) for cause in catalogue.causes_in_order()])


def add_cause() -> ResponseReturnValue:
    form = CauseForm()

    def add() -> Cause:
        return catalogue.add_cause(_cause_data(form), actor=reader(), now=now())

    return answer_entry(CAUSES, form, add)


def cause(cause_id: UUID) -> ResponseReturnValue:
    shown = loaded(Cause, cause_id)
    form = CauseForm(data={**stored_fields(CAUSES, shown), "active": shown.active})

    def change() -> None:
        catalogue.change_cause(shown, _cause_data(form), actor=reader(), now=now())

    return answer_entry(CAUSES, form, change, shown)


def _with_choices(form: CategoryForm) -> CategoryForm:
    language = chosen_language()
    form.parent.choices = parent_choices(
        (str(each.id), INDENT * depth + in_reader_language(each.names, language))
        for each, depth in catalogue.categories_in_order()
    )
    return form


def _category_data(form: CategoryForm) -> CategoryData:
    parent = db.session.get(Category, UUID(form.parent.data)) if form.parent.data else None
    return CategoryData(form.code.data or "", form.names, form.active.data, parent)


def _cause_data(form: CauseForm) -> CauseData:
    return CauseData(form.code.data or "", form.names, form.active.data)
