"""Everything that must stand on the platform for our forms to live there. Pure: forms and settings in, a value out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.fields import FormDefinition
from plugin.platforms.nocobase.access import Role, roles
from plugin.platforms.nocobase.collections import Collection, collections_of, messages
from plugin.platforms.nocobase.names import Names
from plugin.platforms.nocobase.nodes import Workflow
from plugin.platforms.nocobase.page import Page
from plugin.platforms.nocobase.pages import page_of
from plugin.platforms.nocobase.settings import NocobaseSettings
from plugin.platforms.nocobase.workflows import notify, workflows_of


@dataclass(frozen=True, slots=True)
class FormThings:
    """What one form needs; its own collection is the last."""

    form: FormDefinition
    collections: tuple[Collection, ...]
    workflows: tuple[Workflow, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class Desired:
    """What the whole needs, the forms in the order of the regulation."""

    settings: NocobaseSettings
    names: Names
    forms: Mapping[str, FormThings]
    messages: Collection
    notify: Workflow
    roles: tuple[Role, ...]


def desired(forms: Iterable[FormDefinition], settings: NocobaseSettings) -> Desired:
    """For these forms under these settings."""
    names = Names(settings.prefix)
    things = {
        form.name: FormThings(
            form, collections_of(form, names), workflows_of(form, settings), page_of(form, names)
        )
        for form in forms
    }
    granted = roles(
        (each.form for each in things.values()),
        {name: each.collections for name, each in things.items()},
        names,
    )
    return Desired(settings, names, things, messages(names), notify(names), granted)
