"""The forms of the regulation, for people and platforms."""

from __future__ import annotations

import click

from forms.definition import load_forms
from forms.render import field_list, json_schema
from plugin.commands import platform_forms
from plugin.commands.common import as_json, stop


@click.group()
def forms() -> None:
    """The forms of the regulation."""


@forms.command()
@click.argument("name", required=False)
@click.option(
    "--format", "style", type=click.Choice(["fields", "json-schema"]), default="fields", show_default=True
)
def render(name: str | None, style: str) -> None:
    """Print a form as a field list to create it by hand, or as JSON Schema. Without a name: list the forms."""
    known = load_forms()
    if name is None:
        for form in known.values():
            click.echo(f"{form.code}  {form.name:<26} {form.title}")
        return
    if name not in known:
        stop(f"没有名为“{name}”的表单。运行 zhengxiang forms render 可列出全部表单。")
    form = known[name]
    click.echo(field_list(form) if style == "fields" else as_json(json_schema(form)))


for command in platform_forms.COMMANDS:
    forms.add_command(command)
