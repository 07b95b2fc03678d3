"""The contract suite: what every adapter must do, as tests to inherit from. Part of the public SDK.

    class TestMyPlatform(PlatformContract):
        @pytest.fixture
        def harness(self, tmp_path): ...      # yields an object like `Harness`

The suite runs an adapter against a stand-in of its platform, over whatever the harness puts between them. What the
capabilities rule out is not asked. Run it with any test runner that knows pytest's fixtures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from forms.definition import load_forms
from forms.schema import dump, load
from plugin.jsonbody import parse_json
from plugin.sdk import (
    EventKind,
    FormEvent,
    Message,
    NotUnderstood,
    Platform,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Request,
    Secret,
    SignatureRefused,
    WriteBack,
)
from plugin.sdk_harness import Harness, TroubledDoor, raises, sample, troubled

__all__ = ["FORM", "Harness", "PlatformContract", "TroubledDoor", "raises", "sample", "troubled"]
FORM = "contract_filing"
CODE = "AB-2025-0001"
ODD_VALUES = ("", " ", "v1", "v1,", ",", "\x00", "é", "9" * 5000, "v1,v1,v1", "sha1=", "-1", "null", "张三")


def read(platform: Platform, request: Request, secrets: Sequence[Secret], now: datetime) -> FormEvent:
    """The one event of a request, the whole way from its bytes."""
    head = platform.authenticate(request, secrets, now)
    (event,) = platform.parse(FORM, parse_json(request.body), head)
    return event


class PlatformContract:
    """Inherit, give a fixture `harness`, run."""

    form = load_forms()[FORM]

    def test_a_delivery_is_proven_and_says_who_what_when(self, harness: Harness) -> None:
        given = sample(self.form)
        record, request = harness.save(FORM, given)
        event = read(harness.platform, request, harness.secrets, harness.now())
        assert (event.platform, event.form, event.record) == (harness.platform.name, FORM, record)
        assert event.kind in (EventKind.CREATED, EventKind.UPDATED)
        assert event.saved_at.tzinfo is not None
        assert abs(event.saved_at - harness.now()) < timedelta(minutes=5)
        assert event.submitter is not None and event.submitter.id == harness.person
        assert self._values(event.fields) == self._values(given)

    def _values(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What the form reads from them: whatever the platform calls or writes things, it must come to the same."""
        loaded = load(self.form, fields)
        assert not loaded.unknown, f"names that the form does not know: {loaded.unknown}"
        return dump(loaded.values)

    def test_the_same_delivery_has_the_same_key_and_another_saving_another(self, harness: Harness) -> None:
        record, request = harness.save(FORM, sample(self.form))
        events = [read(harness.platform, request, harness.secrets, harness.now()) for _ in range(2)]
        _record, again = harness.save(FORM, {**sample(self.form), "project_name": "改名"}, record)
        later = read(harness.platform, again, harness.secrets, harness.now())
        assert events[0] == events[1] and events[0].key
        assert later.record == record and later.key != events[0].key and later.saved_at >= events[0].saved_at

    def test_what_is_not_proven_is_refused(self, harness: Harness) -> None:
        _record, request = harness.save(FORM, sample(self.form))
        platform, now = harness.platform, harness.now()
        stranger = [Secret(b"a stranger's key, long enough")]
        attempts = [(replace(request, headers={}, query=""), harness.secrets, now), (request, stranger, now)]
        if platform.capabilities.body_signed:
            attempts.append((replace(request, body=request.body + b" "), harness.secrets, now))
        if platform.capabilities.time_signed:
            attempts.append((request, harness.secrets, now + timedelta(hours=1)))
        for attempt in attempts:
            refused: Callable[[], object] = partial(platform.authenticate, *attempt)
            raises(SignatureRefused, refused)

    def test_odd_headers_are_refused_and_nothing_else(self, harness: Harness) -> None:
        _record, request = harness.save(FORM, sample(self.form))
        for odd in ODD_VALUES:
            for name in request.headers:
                changed = replace(request, headers={**request.headers, name: odd})
                self._refused_or_the_same(harness, changed)
            for name, _value in parse_qsl(request.query):
                changed_query = urlencode({**dict(parse_qsl(request.query)), name: odd})
                self._refused_or_the_same(harness, replace(request, query=changed_query))

    @staticmethod
    def _refused_or_the_same(harness: Harness, request: Request) -> None:
        try:
            harness.platform.authenticate(request, harness.secrets, harness.now())
        except SignatureRefused:
            return  # a header that takes no part in the signature may say anything

    def test_a_body_of_something_else_is_not_understood_or_no_event(self, harness: Harness) -> None:
        _record, request = harness.save(FORM, sample(self.form))
        head = harness.platform.authenticate(request, harness.secrets, harness.now())
        strange: tuple[Any, ...] = (None, [], "text", 1, {}, {"data": None}, {"data": []}, {"record": 1})
        for odd in strange:
            try:
                events = harness.platform.parse(FORM, odd, head)
            except NotUnderstood:
                continue
            assert all(each.kind is EventKind.OTHER for each in events), odd

    def test_a_hello_is_proven_and_says_nothing(self, harness: Harness) -> None:
        hello = harness.platform.hello(FORM, harness.secrets, harness.now())
        assert hello.path == f"/webhooks/{harness.platform.name}/{FORM}"
        head = harness.platform.authenticate(hello, harness.secrets, harness.now())
        events = harness.platform.parse(FORM, parse_json(hello.body), head)
        assert all(each.kind is EventKind.OTHER for each in events)

    def test_the_question_before_saving_is_read(self, harness: Harness) -> None:
        if not harness.platform.capabilities.asks_before_saving:
            return
        request = harness.ask(FORM, sample(self.form))
        harness.platform.authenticate(request, harness.secrets, harness.now())
        question = harness.platform.question(FORM, parse_json(request.body))
        assert question.form == FORM
        assert self._values(question.fields) == self._values(sample(self.form))

    def test_a_verdict_shows_in_the_record_and_an_older_one_does_not_replace_it(
        self, harness: Harness
    ) -> None:
        record, _request = harness.save(FORM, sample(self.form))
        platform = harness.platform
        assert platform.find(_result(record, 1), key="k:1") is None
        assert platform.write_back(_result(record, 1), key="k:1")
        assert platform.write_back(_result(record, 2, status="returned"), key="k:2")
        assert harness.shown(FORM, record) == ("returned", "第2次")
        platform.write_back(_result(record, 1), key="k:1")
        assert harness.shown(FORM, record) == ("returned", "第2次")
        if platform.capabilities.answers_for_key:
            assert platform.find(_result(record, 2, status="returned"), key="k:2")

    def test_our_own_write_raises_no_event_that_says_something_new(self, harness: Harness) -> None:
        record, request = harness.save(FORM, sample(self.form))
        before = read(harness.platform, request, harness.secrets, harness.now())
        harness.echoes()
        harness.platform.write_back(_result(record, 1), key="k:1")
        echoes = harness.echoes()
        assert harness.platform.capabilities.api_write_emits_event or not echoes
        for echo in echoes:
            event = read(harness.platform, echo, harness.secrets, harness.now())
            assert self._without_code(event) == self._without_code(before)

    def _without_code(self, event: FormEvent) -> dict[str, Any]:
        values = self._values(event.fields)
        return {name: value for name, value in values.items() if name != "project_code"}

    def test_a_message_is_shown_once_for_one_key(self, harness: Harness) -> None:
        platform = harness.platform
        if not platform.capabilities.messages:
            raises(RemoteRejected, lambda: platform.send(_message(harness.person), key="m:1"))
            return
        assert platform.find(_message(harness.person), key="m:1") is None
        platform.send(_message(harness.person), key="m:1")
        platform.send(_message(harness.person), key="m:1")
        assert list(harness.inbox()).count("标题") == (1 if platform.capabilities.answers_for_key else 2)

    def test_every_trouble_asks_for_its_remedy(self, harness: Harness) -> None:
        record, _request = harness.save(FORM, sample(self.form))
        expected = {"down": RemoteUnavailable, "lost": RemoteUnclear, "refused": RemoteRejected}
        for trouble, error in expected.items():
            with troubled(harness.door, trouble):
                raises(error, lambda: harness.platform.write_back(_result(record, 1), key="k:1"))

    def test_a_write_whose_answer_was_lost_is_found(self, harness: Harness) -> None:
        record, _request = harness.save(FORM, sample(self.form))
        with troubled(harness.door, "lost"):
            raises(RemoteUnclear, lambda: harness.platform.write_back(_result(record, 1), key="k:1"))
        assert harness.shown(FORM, record) in (None, ("passed", "第1次"))
        found = harness.platform.find(_result(record, 1), key="k:1")
        if harness.platform.capabilities.answers_for_key:
            assert bool(found) is (harness.shown(FORM, record) is not None)

    def test_what_no_event_told_can_be_listed(self, harness: Harness) -> None:
        if not harness.platform.capabilities.lists_changes:
            return
        start = harness.now() - timedelta(minutes=1)
        record, request = harness.save(FORM, sample(self.form))
        told = read(harness.platform, request, harness.secrets, harness.now())
        listed = [each for each in harness.platform.changed([FORM], start) if each.record == record]
        assert [(self._values(each.fields), each.form) for each in listed] == [
            (self._values(told.fields), FORM)
        ]
        assert listed[0].submitter is not None and listed[0].submitter.id == harness.person

    def test_the_probe_finds_nothing_wrong(self, harness: Harness) -> None:
        checks = list(harness.platform.probe())
        assert checks and all(each.ok for each in checks), checks
        with troubled(harness.door, "down"):
            assert not all(each.ok for each in harness.platform.probe())

    def test_the_platforms_copy_of_a_form_fits(self, harness: Harness) -> None:
        if harness.platform.capabilities.describes_forms:
            assert harness.platform.check_form(self.form) == ()


def _result(record: str, revision: int, status: str = "passed") -> WriteBack:
    return WriteBack(FORM, record, revision, status, f"第{revision}次", {"decision": "allow"}, CODE)


def _message(to: str) -> Message:
    return Message(to=to, title="标题", text="内容", form=FORM)
