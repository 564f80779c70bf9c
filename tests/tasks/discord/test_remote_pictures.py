"""Pictures from addresses that someone typed: a real HTTPS server here, and every way into our own network refused.

The names are resolved by the test, and what passed the checks is connected to the server here: the checks themselves
are those of the live shop.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from novacore.errors import BadInput
from novacore.media.artwork import product_picture
from novacore.tasks.discord import remote_pictures
from novacore.tasks.discord.remote_pictures import MOST_BYTES, Internet, fetch, is_public
from tests.fixtures.servers.certificates import make_certificate
from tests.tasks.website import PUBLIC, Website, leads_to, sends, serve

PICTURE = product_picture("Sky Rush", "key")
HOSTS = ("pictures.example", "other.example")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for the websites of these tests."""
    return make_certificate(tmp_path_factory.mktemp("tls"), HOSTS)


@pytest.fixture
def website(certificate: tuple[Path, Path]) -> Iterator[Website]:
    """Serve over real TLS."""
    yield from serve(certificate, HOSTS)


def test_a_picture_is_fetched_over_tls(website: Website) -> None:
    website.answers["/sky.png?x=1"] = sends(PICTURE, Content_Type="text/html")
    assert fetch(" https://pictures.example/sky.png?x=1 ", website.internet) == PICTURE
    assert website.reached == [PUBLIC]


def test_the_name_is_resolved_once_and_that_very_address_is_connected_to(website: Website) -> None:
    website.answers["/a"] = sends(PICTURE)
    once = iter([(PUBLIC,)])

    async def rebinding(host: str) -> Sequence[str]:
        return next(once, ("127.0.0.1",))

    assert fetch("https://pictures.example/a", Internet(rebinding, website._reach, website.tls)) == PICTURE
    assert website.reached == [PUBLIC]


def test_redirects_are_followed_and_each_is_checked(website: Website) -> None:
    website.answers["/a"] = leads_to("https://other.example/b")
    website.answers["/b"] = leads_to("c")
    website.answers["/c"] = sends(PICTURE)
    assert fetch("https://pictures.example/a", website.internet) == PICTURE
    assert website.asked == ["pictures.example", "other.example"]


INSIDE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:7f00:1::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_name_leads_into_our_own_network(website: Website, address: str) -> None:
    website.addresses["pictures.example"] = (address,)
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch("https://pictures.example/a", website.internet)
    website.addresses["pictures.example"] = (PUBLIC, address)
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch("https://pictures.example/a", website.internet)
    assert website.reached == []


@pytest.mark.parametrize("address", [one for one in INSIDE if "%" not in one])
def test_no_address_leads_into_our_own_network_directly_or_by_a_redirect(website: Website, address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch(f"https://{host}/a", website.internet)
    website.answers["/a"] = leads_to(f"https://{host}/secret")
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch("https://pictures.example/a", website.internet)
    assert website.reached == [PUBLIC]


NUMBERS = ["127.1", "2130706433", "0177.0.0.1", "017700000001", "0x7f.1", "0x7F000001", "0x7f.0.0.0x1", "127.0.0.1."]
NUMBERS += ["１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "127.0.0.٣", "١٢٧.٠.٠.١", "%31%32%37.0.0.1", "127.0.0.1.."]
NUMBERS += ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::1%25lo]", "0", "0x", "1.1", "999.999.999.999"]
# Nor the public internet by its numbers: no website asks for that, and there is less to be read in two ways.
NUMBERS += ["93.184.216.34", "1572395042", "[2606:4700:4700::1111]", "pictures.example.1", "pictures.0x10"]


@pytest.mark.parametrize("host", NUMBERS)
def test_numbers_are_refused_before_anybody_is_asked_what_they_mean(website: Website, host: str) -> None:
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch(f"https://{host}/a", website.internet)
    assert website.asked == website.reached == []


@pytest.mark.parametrize("host", [one for one in NUMBERS if one.isascii()])
def test_no_website_leads_to_a_number(website: Website, host: str) -> None:
    website.answers["/a"] = leads_to(f"https://{host}/secret")
    with pytest.raises(BadInput, match="does not lead to a public website"):
        fetch("https://pictures.example/a", website.internet)
    assert website.asked == ["pictures.example"]


def test_this_machine_by_its_name_is_refused_by_its_address(website: Website) -> None:
    with pytest.raises(BadInput, match=r"public website|can't be reached"):
        fetch("https://localhost/a", Internet(remote_pictures.system_resolver, website._reach, website.tls))
    assert website.reached == []


@pytest.mark.parametrize(
    "host", ["1.pictures.example", "4.pictures.example.", "xn--bcher-kva.example", "bücher.example"]
)
def test_digits_in_a_name_do_no_harm(website: Website, host: str) -> None:
    with pytest.raises(BadInput, match="can't be reached"):  # nobody knows these here
        fetch(f"https://{host}/a", website.internet)
    assert len(website.asked) == 1


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://pictures.example/a", "begin with https"),
        ("ftp://pictures.example/a", "begin with https"),
        ("file:/etc/passwd", "begin with https"),
        ("data:image/png;base64,AAAA", "begin with https"),
        ("pictures.example/a", "begin with https"),
        ("", "begin with https"),
        ("https://", "name a website|can't be reached"),
        ("https:///a", "name a website|can't be reached"),
        ("https://user:word@pictures.example/a", "name a website"),
        ("https://pictures.example:8443/a", "may not name a port"),
        ("https://pictures.example:99999/a", "can't be reached"),
        ("https://nowhere.example/a", "can't be reached"),
        ("https://[::1", "can't be reached"),
    ],
)
def test_other_addresses_are_refused_with_a_sentence(website: Website, url: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        fetch(url, website.internet)
    assert website.reached == []


def test_a_redirect_to_another_kind_of_address_is_refused(website: Website) -> None:
    for where in ("http://pictures.example/b", "file:/etc/passwd", "https://pictures.example:22/"):
        website.answers["/a"] = leads_to(where)
        with pytest.raises(BadInput):
            fetch("https://pictures.example/a", website.internet)
    website.answers["/a"] = leads_to("/a")
    with pytest.raises(BadInput, match="leads on and on"):
        fetch("https://pictures.example/a", website.internet)


def test_a_heavy_answer_is_not_read_to_its_end(website: Website) -> None:
    website.answers["/told"] = sends(b"x", Content_Length=str(MOST_BYTES + 1))
    with pytest.raises(BadInput, match="larger than 5 MiB"):
        fetch("https://pictures.example/told", website.internet)

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)

    website.answers["/untold"] = endless
    with pytest.raises(BadInput, match="larger than 5 MiB"):
        fetch("https://pictures.example/untold", website.internet)


def test_what_drips_in_slowly_is_given_up_after_three_seconds_in_all(website: Website) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"x")
            time.sleep(0.1)

    website.answers["/a"] = leads_to("/b")
    website.answers["/b"] = drip
    with pytest.raises(BadInput, match="within 3 seconds"):
        fetch("https://pictures.example/a", website.internet)


def test_a_name_server_that_hangs_is_given_up_as_well(website: Website) -> None:
    async def hang(_host: str) -> Sequence[str]:
        await asyncio.sleep(3600)
        return ()

    with pytest.raises(BadInput, match="within 3 seconds"):
        fetch("https://pictures.example/a", Internet(hang, website._reach, website.tls))


def test_a_certificate_that_is_not_trusted_or_of_another_name_is_refused(website: Website) -> None:
    website.answers["/a"] = sends(PICTURE)
    with pytest.raises(BadInput, match="can't be reached"):
        fetch("https://pictures.example/a", Internet(website._resolve, website._reach))
    website.addresses["stranger.example"] = (PUBLIC,)
    with pytest.raises(BadInput, match="can't be reached"):
        fetch("https://stranger.example/a", website.internet)


@pytest.mark.parametrize("status", [204, 403, 404, 500])
def test_an_answer_that_is_no_picture_says_so(website: Website, status: int) -> None:
    website.answers["/a"] = sends(b"", status)
    with pytest.raises(BadInput, match=f"answers {status}"):
        fetch("https://pictures.example/a", website.internet)
