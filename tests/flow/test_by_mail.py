"""From a duty in the ledger to a mail in a box: manifest, keys, job, a real server with TLS."""

from __future__ import annotations

from base64 import b64encode
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random

import trustme

from plugin.app import build, reminding
from plugin.clock import SHANGHAI
from plugin.demo import demo_manifest
from plugin.ledger import Ledger, ProjectRow
from plugin.manifest import MailSettings, Manifest, PersonSettings
from tests.edge.test_mail import LOGIN, Post, server_side, serving
from tests.jobs.test_reminders import CODE, duty

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=SHANGHAI)


def test_who_prefers_mail_reads_the_digest_there(tmp_path: Path) -> None:
    authority, post = trustme.CA(), Post()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    environ = {
        "ZHENGXIANG_WEBHOOK_SECRETS": "whsec_" + b64encode(bytes(32)).decode(),
        "ZHENGXIANG_LIFECYCLE_SECRETS": "whsec_" + b64encode(bytes(32)).decode(),
        "ZHENGXIANG_MAIL_LOGIN": f"{LOGIN.user}:{LOGIN.password}",
    }

    def with_mail(manifest: Manifest) -> Manifest:
        mail = MailSettings("127.0.0.1", port, "starttls", "zx@example.gov.cn", "ZHENGXIANG_MAIL_LOGIN")
        persons = {"u1": PersonSettings(("email", "platform"), "zhangsan@example.gov.cn")}
        return replace(manifest, mail=mail, persons=persons, ca_bundle=str(tmp_path / "ca.pem"))

    with (
        serving(post, server_side(authority), "starttls", auth=True) as port,
        closing(Ledger.open(tmp_path / "ledger.db")) as ledger,
    ):
        manifest = demo_manifest(environ)
        ledger.manifests.apply(manifest.version, manifest.text, "test", NOW)
        services = build(ledger, environ, lambda: NOW, adapt=with_mail)
        ledger.projects.put(
            ProjectRow(CODE, "农情一张图", "县农业农村局", "implementing", {}, manifest.version, NOW)
        )
        ledger.watched.sync(CODE, [duty(due_on=date(2026, 6, 10))], NOW.replace(day=9))
        job = reminding(services, Random(1))
        while job.step(NOW):
            pass
        [attempt] = ledger.attempts.list()
    [message] = post.taken
    assert message["To"] == "zhangsan@example.gov.cn"
    assert message["Subject"] == "提醒：竣工验收申请——农情一张图"
    assert "今天是最后一天，请今天办理" in message.get_content()
    assert (attempt.channel, attempt.outcome) == ("email", "sent")
    assert attempt.receipt and attempt.receipt["message_id"] == message["Message-ID"]
