"""What the values mean together: no key in the file, rules that exist, addresses that may be reached."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from plugin import adapters
from plugin.manifest import reminding
from plugin.manifest.limits import check_limits
from plugin.packs import LoadedPack, known_rules
from plugin.strict_yaml import Document, pointer_to

LITERAL_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{4,}")
URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[^\s?#\\]*)?")
MAIL_URL = re.compile(r"smtps?://[A-Za-z0-9.-]+:[0-9]{1,5}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
UNUSUAL_DAYS, UNUSUAL_PERCENT, UNUSUAL_MONTHS = 90, 50, 120


def refuse_literal_secrets(document: Document, text: str) -> None:
    """A key in the file, in a comment too, is a mistake. The message never repeats it."""
    for number, line in enumerate(text.splitlines(), 1):
        if LITERAL_SECRET.search(line):
            here = [p for p, place in document.places.items() if place.line == number and p in document.raw]
            held = [p for p in here if LITERAL_SECRET.search(document.raw[p])]
            pointer = held[0] if held else ""
            before = len(document.problems)
            hint = "请删去并更换这个密钥；密钥放在环境变量里，文件中只写变量名（secret_env）。"
            document.report(pointer, "LITERAL-SECRET", "文件中出现了密钥本身。", hint)
            if not held:
                document.problems[before] = _moved(document.problems[before], number)


def _moved(problem: Any, line: int) -> Any:
    return type(problem)(
        problem.file, line, 1, problem.pointer, problem.code, problem.message, problem.hint, problem.severity
    )


def check_meaning(document: Document, data: Mapping[str, Any], loaded: LoadedPack | None) -> None:
    """Everything that one value alone cannot tell. `data` may lack what the shape refused."""
    check_limits(document, data.get("limits") or {}, loaded)
    _enforced_rules(document, data.get("policy") or {}, loaded)
    _addresses(document, data)
    _adapter(document, data.get("platform") or {})
    reminding.check(document, data)
    _unusual(document, data)


def _enforced_rules(document: Document, policy: Mapping[str, Any], loaded: LoadedPack | None) -> None:
    if loaded is None or not isinstance(policy.get("enforce"), tuple):
        return
    known = known_rules() | set(loaded.pack.rules)
    for code in policy["enforce"][1]:
        if code not in known:
            near = get_close_matches(code, known, 1)
            hint = f"是否想写“{near[0]}”？" if near else "规则代码可用 zhengxiang explain 查询。"
            document.report(
                pointer_to("/policy/enforce/rules", code),
                "UNKNOWN-RULE",
                f"没有代码为“{code}”的规则。",
                hint,
                at_key=True,
            )


def _addresses(document: Document, data: Mapping[str, Any]) -> None:
    allowed = (data.get("network") or {}).get("allowed_hosts") or []
    good = [
        url
        for number, url in enumerate(allowed)
        if url and (_mails(url) or _address(document, f"/network/allowed_hosts/{number}", url))
    ]
    origins = {_origin(url) for url in good}
    _mail_allowed(document, data.get("mail") or {}, origins)
    for section in ("platform", "lifecycle"):
        url = (data.get(section) or {}).get("base_url")
        pointer = f"/{section}/base_url"
        if url and _address(document, pointer, url) and origins and _origin(url) not in origins:
            message = f"{url}不在 network.allowed_hosts 之内。"
            document.report(pointer, "HOST-NOT-ALLOWED", message, "请把该地址加入允许名单，或改正地址。")


def _mails(url: str) -> bool:
    """An entry of the list for the mail server, port included."""
    return MAIL_URL.fullmatch(url) is not None and _readable(url)


def _mail_allowed(document: Document, mail: Mapping[str, Any], origins: Collection[Any]) -> None:
    if not origins or not mail.get("host") or not mail.get("security"):
        return
    scheme = "smtps" if mail["security"] == "tls" else "smtp"
    address = f"{scheme}://{mail['host']}:{mail.get('port') or reminding.PORTS[mail['security']]}"
    if _origin(address) not in origins:
        message = f"{address}不在 network.allowed_hosts 之内。"
        document.report("/mail/host", "HOST-NOT-ALLOWED", message, "请把该地址加入允许名单，或改正地址。")


def _adapter(document: Document, platform: Mapping[str, Any]) -> None:
    """The adapter is installed, and takes the options that stand here."""
    if platform.get("name"):
        for said in adapters.problems(platform["name"], platform.get("options") or {}):
            document.report("/platform/name", "PLATFORM", said, "请改正 platform.name 或 platform.options。")


def _address(document: Document, pointer: str, url: str) -> bool:
    if URL.fullmatch(url) is None or not _readable(url):
        hint = "例如 https://platform.example.gov.cn；地址中不写用户名、密码和参数。"
        document.report(pointer, "BAD-URL", f"“{url}”不是规范的网址。", hint)
        return False
    if url.startswith("http://") and urlsplit(url).hostname not in LOOPBACK:
        document.report(
            pointer, "URL-PLAIN", "地址未使用 https，内容会明文传输。", "请改用 https。", severity="warning"
        )
    return True


def _readable(url: str) -> bool:
    """Whether host and port are what they look like: [::1] is an address, 99999 no port."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _unusual(document: Document, data: Mapping[str, Any]) -> None:
    """Not wrong, but probably not meant."""
    policy = data.get("policy") or {}
    for name in ("contract_filing_days", "acceptance_filing_days", "plan_filing_days"):
        if (policy.get(name) or 0) > UNUSUAL_DAYS:
            _warn(document, f"/policy/{name}", f"{policy[name]}天比通常的长得多。")
    for name, limit in (data.get("limits") or {}).items():
        ceiling = {"percent": UNUSUAL_PERCENT, "months": UNUSUAL_MONTHS}.get(limit.get("unit"))
        for number, entry in enumerate(limit.get("values") or []):
            value = (entry or {}).get("value")
            if ceiling and isinstance(value, (int, Decimal)) and value > ceiling:
                _warn(
                    document,
                    f"{pointer_to('/limits', name)}/values/{number}/value",
                    f"{value}比通常的大得多。",
                )
    identity = data.get("identity") or {}
    if identity and identity.get("valid_until") is None:
        message = "没有写明有效期。规范性文件一般有有效期，请每年核对一次。"
        document.report(
            "/identity/valid_until", "VALID-UNTIL", message, "查明后填写日期。", severity="warning"
        )


def _warn(document: Document, pointer: str, message: str) -> None:
    document.report(pointer, "UNUSUAL", message, "如无误可不理会。", severity="warning")


def uncovered(years: Iterable[int], today: date) -> int | None:
    """The year for which the bureau should enter the holidays by now: this one, from December on the next."""
    wanted = [today.year] + ([today.year + 1] if today.month == 12 else [])
    return next((year for year in wanted if year not in frozenset(years)), None)
