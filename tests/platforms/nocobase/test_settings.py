"""The options of a bureau's NocoBase."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.platforms.nocobase.settings import Auth, Away, NocobaseSettings

URL = "http://127.0.0.1:13000/"


def test_nothing_need_be_said() -> None:
    settings = NocobaseSettings.from_options({}, base_url=URL)
    assert (settings.base_url, settings.prefix, settings.auth) == ("http://127.0.0.1:13000", "zx_", Auth.HMAC)
    assert settings.away("contract_filing") is Away.REFUSE


def test_everything_can_be_said() -> None:
    options = {
        "plugin_url": "http://10.0.0.5:8700/",
        "prefix": "gov_",
        "on_unreachable": "save_and_judge_later",
        "on_unreachable_of": {"contract_filing": "refuse"},
        "away_message": "稍后再试。",
        "runtime_user": "bot",
        "timeout_ms": 3000,
    }
    settings = NocobaseSettings.from_options(options, base_url=URL, auth=Auth.TOKEN)
    assert settings.plugin_url == "http://10.0.0.5:8700"
    assert settings.away("contract_filing") is Away.REFUSE
    assert settings.away("trial_operation") is Away.SAVE


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"pluginurl": "x"}, "没有名为“pluginurl”的选项"),
        ({"plugin_url": "10.0.0.5"}, "plugin_url 应为"),
        ({"plugin_url": None}, "plugin_url 应为"),
        ({"prefix": "ZX"}, "prefix 应为"),
        ({"prefix": "zx"}, "prefix 应为"),
        ({"on_unreachable": "maybe"}, "on_unreachable 应为 refuse 或 save_and_judge_later"),
        ({"on_unreachable_of": ["refuse"]}, "on_unreachable_of 应为"),
        ({"on_unreachable_of": {"x": "no"}}, "on_unreachable_of.x 应为"),
        ({"away_message": " "}, "away_message 应为不空的文字"),
        ({"runtime_user": 5}, "runtime_user 应为不空的文字"),
        ({"timeout_ms": 100}, "timeout_ms 应为"),
        ({"timeout_ms": True}, "timeout_ms 应为"),
    ],
)
def test_each_mistake_is_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        NocobaseSettings.from_options(options, base_url=URL)


def test_all_mistakes_at_once() -> None:
    with pytest.raises(ValueError, match="prefix") as error:
        NocobaseSettings.from_options({"prefix": 1, "timeout_ms": "x"}, base_url=URL)
    assert len(str(error.value).splitlines()) == 2
