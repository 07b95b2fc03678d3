"""The door out against real servers on loopback that refuse, drip, reset, swell, redirect and lie."""

from __future__ import annotations

import gzip
import itertools
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

from plugin.http import Door, HostRefused, Unclear, Unreachable, origin_of
from tests.edge.servers import reply, reset, serving


def door_to(*urls, **changes):
    return Door(urls, **{"connect_s": 1, "read_s": 0.4, "total_s": 0.8, "max_reply_bytes": 10_000, **changes})


def post(server, path="/x", **changes):
    return door_to(server.url, **changes).request(
        "POST", server.url + path, headers={"X-A": "1"}, body=b"body"
    )


def send(*parts, pause=0.0):
    def handle(sock, request):
        for part in parts:
            sock.sendall(part)
            time.sleep(pause)

    return handle


def test_a_reply_comes_back_whole():
    with serving(send(reply("201 Created", "回执".encode(), X_Trace="7"))) as server:
        answer = post(server)
        assert (answer.status, answer.body, answer.headers["x-trace"]) == (201, "回执".encode(), "7")
        assert b"POST /x HTTP/1.1" in server.requests[0]
        assert server.requests[0].endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize("status", ["400 Bad", "422 No", "500 Broken", "503 Away"])
def test_http_errors_are_replies(status):
    with serving(send(reply(status, b"{}"))) as server:
        assert post(server).status == int(status[:3])


def test_a_html_page_with_200_is_a_reply_for_the_caller_to_judge():
    with serving(send(reply("200 OK", b"<html>login", Content_Type="text/html"))) as server:
        assert post(server).headers["content-type"] == "text/html"


def test_a_connection_is_used_again_and_a_dead_one_is_not():
    with serving(send(reply("200 OK", b"1"))) as server:
        door = door_to(server.url)
        for _ in range(3):
            door.request("GET", server.url, headers={}, body=None)
        assert (len(server.requests), server.connections) == (3, 1)


def test_a_closed_port_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable, match="未发送"):
        door_to(url).request("POST", url, headers={}, body=b"x")


def test_an_unknown_name_is_unreachable():
    with pytest.raises(Unreachable):
        door_to("http://no.such.host.invalid").request(
            "GET", "http://no.such.host.invalid/", headers={}, body=None
        )


def test_a_listener_too_busy_to_accept_is_unreachable():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}"
        with pytest.raises(Unreachable):
            door_to(url, connect_s=0.3).request("POST", url, headers={}, body=b"x")
        for filler in fillers:
            filler.close()


def test_silence_after_the_request_is_unclear():
    with serving(lambda sock, request: time.sleep(2)) as server:
        started = time.monotonic()
        with pytest.raises(Unclear, match="结果不明"):
            post(server)
        assert time.monotonic() - started < 1.8  # the server is silent for 2 s
        assert len(server.requests) == 1


def test_a_reset_after_the_request_is_unclear_and_is_not_sent_again():
    with serving(lambda sock, request: reset(sock)) as server:
        with pytest.raises(Unclear):
            post(server)
        assert len(server.requests) == 1


def test_a_connection_closed_without_a_reply_is_unclear():
    with serving(lambda sock, request: sock.shutdown(socket.SHUT_RDWR)) as server, pytest.raises(Unclear):
        post(server)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", id="length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", id="chunked"),
    ],
)
def test_a_reply_cut_short_is_unclear(start):
    def handle(sock, request):
        sock.sendall(start)
        sock.shutdown(socket.SHUT_RDWR)

    with serving(handle) as server, pytest.raises(Unclear):
        post(server)


def drip(start, piece):
    def handle(sock, request):
        sock.sendall(start)
        for _ in range(60):
            time.sleep(0.1)
            sock.sendall(piece)

    return handle


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"", b"H", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"b", id="body with length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"b", id="body without length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nb\r\n", id="chunks"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", id="chunk size"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x10\0\0\0\0\0\3", b"c", id="gzip"
        ),
    ],
)
def test_a_reply_that_drips_ends_with_the_total_time(start, piece):
    with serving(drip(start, piece)) as server:
        started = time.monotonic()
        with pytest.raises(Unclear):
            post(server)
        assert 0.7 < time.monotonic() - started < 3  # the server would go on for 6 s


def test_the_total_time_is_read_from_the_given_clock():
    ticks = itertools.count(0, 5)
    with serving(send(reply("200 OK", b"1"))) as server, pytest.raises(Unclear, match="4秒"):
        post(server, total_s=4, clock=lambda: next(ticks))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply("200 OK", b"x" * 10_001), id="one byte too many"),
        pytest.param(reply("200 OK", b"x" * 10_000_000), id="10 MB"),
        pytest.param(
            reply("200 OK", gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"), id="gzip bomb"
        ),
        pytest.param(reply("302 Found", b"x" * 10_000_000, Location="/y"), id="swollen redirect"),
    ],
)
def test_a_reply_too_large_is_unclear(answer):
    with serving(send(answer)) as server, pytest.raises(Unclear, match="超过10000字节"):
        post(server, total_s=5)


def test_a_reply_of_exactly_the_limit_is_taken_gzip_included():
    with serving(send(reply("200 OK", gzip.compress(b"x" * 10_000), Content_Encoding="gzip"))) as server:
        assert post(server).body == b"x" * 10_000


def test_a_broken_gzip_is_unclear():
    with (
        serving(send(reply("200 OK", b"not gzip", Content_Encoding="gzip"))) as server,
        pytest.raises(Unclear),
    ):
        post(server)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_a_reply_and_the_other_host_receives_nothing(status):
    with serving(send(reply("200 OK", b"!"))) as other:
        with serving(send(reply(status, b"", Location=other.url + "/y"))) as server:
            door = door_to(server.url, other.url)
            answer = door.request("POST", server.url, headers={"webhook-id": "1"}, body=b"secret")
        assert answer.status == int(status[:3])
        assert (other.requests, other.connections) == ([], 0)


def test_cookies_and_proxies_and_netrc_are_left_alone(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(send(reply("200 OK", b"proxy"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with serving(send(reply("200 OK", b"direct", Set_Cookie="a=canary"))) as server:
            door = door_to(server.url)
            for _ in range(2):
                assert door.request("GET", server.url, headers={}, body=None).body == b"direct"
            assert b"authorization" not in b"".join(server.requests).lower()
            assert b"canary" not in b"".join(server.requests)
        assert proxy.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{other}/",
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.0.0.1/",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/",
        "http://127.0.0.1:{port}\\@127.0.0.1:{other}/",
        "http://user@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/a b",
        "http://127.0.0.1:{port}/a\r\nX: y",
        "http://127.0.0.1:{port}/#x",
        "http://127.0.0.1:{port}.example/",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/",
        "",
    ],
)
def test_an_address_off_the_list_is_refused_before_connecting(url):
    with serving(send(reply("200 OK"))) as server, serving(send(reply("200 OK"))) as other:
        with pytest.raises(HostRefused, match="未发送"):
            door_to(server.url).request(
                "GET", url.format(port=server.port, other=other.port), headers={}, body=None
            )
        assert (server.connections, other.connections) == (0, 0)


def test_the_port_of_the_scheme_is_filled_in():
    assert origin_of("https://Example.gov.cn") == ("https", "example.gov.cn", 443)
    assert origin_of("http://[::1]:81/a?b") == ("http", "[::1]", 81)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate for this test")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return lambda sock: context.wrap_socket(sock, server_side=True)


def test_tls_is_verified_against_the_given_bundle_only(tls, certificate):
    with serving(send(reply("200 OK", b"1")), wrap=tls) as server:
        url = f"https://127.0.0.1:{server.port}"
        good = door_to(url, ca_bundle=str(certificate / "cert.pem"))
        assert [good.request("GET", url, headers={}, body=None).body for _ in range(2)] == [b"1", b"1"]
        with pytest.raises(Unreachable, match="未发送"):
            door_to(url).request("POST", url, headers={}, body=b"secret")
        assert not any(b"secret" in request for request in server.requests)


def test_a_drip_inside_tls_ends_with_the_total_time(tls, certificate):
    with serving(drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"), wrap=tls) as server:
        url = f"https://127.0.0.1:{server.port}"
        started = time.monotonic()
        with pytest.raises(Unclear):
            door_to(url, ca_bundle=str(certificate / "cert.pem")).request("GET", url, headers={}, body=None)
        assert time.monotonic() - started < 3  # the server would go on for 6 s


def test_a_tls_handshake_that_drips_ends_with_the_total_time():
    def dripping(sock):
        sock.recv(65536)
        sock.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(60):
            time.sleep(0.1)
            sock.sendall(b"\x02")
        return sock

    with serving(send(b""), wrap=dripping) as server:
        url = f"https://127.0.0.1:{server.port}"
        started = time.monotonic()
        with pytest.raises(Unreachable):
            door_to(url).request("POST", url, headers={}, body=b"x")
        assert time.monotonic() - started < 3  # the server would go on for 6 s


def test_many_threads_may_use_one_door():
    with serving(send(reply("200 OK", b"1"))) as server:
        door = door_to(server.url, total_s=5, read_s=5)
        answers = []

        def ask():
            answers.append(door.request("GET", server.url, headers={}, body=None).status)

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 20
