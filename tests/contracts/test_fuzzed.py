"""Schemathesis asks our interfaces whatever their OpenAPI documents allow, and what they do not allow.

It looks for answers that the document does not have: another status, type, header or shape, a 5xx, a request that breaks
the document and is taken. What a document cannot say (a project that is there, a hash that fits) the other tests say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.contracts.interfaces import CONTRACT_PATH, document, served

CONTRACTS = ("openapi.yaml", "platform-api.yaml", "lifecycle-api.yaml")
METHODS = ("get", "put", "post", "patch", "delete")
OPERATIONS = [
    pytest.param(name, path, method, id=f"{method} {path}")
    for name in CONTRACTS
    for path, item in document(name)["paths"].items()
    for method in METHODS
    if method in item
]
# Signatures have tests of their own; whether valid data are accepted depends on what is stored.
EXCLUDED = [ignored_auth, positive_data_acceptance]


def ask(folder: Path, name: str, path: str, method: str, examples: int) -> None:
    with served(name, folder) as app:
        schema: Any = schemathesis.openapi.from_wsgi(CONTRACT_PATH, app)
        for mode in GenerationMode:

            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode))
            def asked(case: Any) -> None:
                case.call_and_validate(excluded_checks=EXCLUDED)

            try:
                asked()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing can be wrong where nothing is asked for
        assert app.calls > 0


@pytest.mark.parametrize(("name", "path", "method"), OPERATIONS)
def test_an_operation_answers_as_its_contract_says(tmp_path: Path, name: str, path: str, method: str) -> None:
    ask(tmp_path, name, path, method, examples=4)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "path", "method"), OPERATIONS)
def test_an_operation_answers_as_its_contract_says_to_many_questions(
    tmp_path: Path, name: str, path: str, method: str
) -> None:
    ask(tmp_path, name, path, method, examples=60)
