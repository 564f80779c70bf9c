"""A flood of uploads: the bot's memory stays within a bound, and others are served while it lasts.

`novacore run` in a process of its own, on the stand-in. What is measured is the most that this process ever held.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from novacore.bot.uploads.intake import LARGE_AT_ONCE, SHARE
from novacore.bot.uploads.uploads import READ_SECONDS
from tests.media.pictures import encoded
from tests.stories.live import NOVACORE, PRODUCT, REFERENCE, LiveShop, stop
from tests.wire.faults import Hold, wait_until
from tests.wire.fixture import wire
from tests.wire.people import Person, Reply
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

__all__ = ["wire"]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

MOST = 250_000_000
LARGEST = 10 * 1024 * 1024
SENT = 60
PATIENCE = 240.0
FETCH = ("GET", "/attachments/*/*/*")
TOO_MANY = "You're sending several files at once"
SEND_AGAIN = "please send yours again", "Please upload it once more"
"""What someone reads whose file had to wait for too long. Nothing has changed for them."""


def heavy_picture() -> bytes:
    """Ten MiB, of which nothing can be left out: noise as large as a phone's photograph."""
    noise = np.random.default_rng(3).integers(0, 256, (3_024, 4_032, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG", quality=75)
    assert len(data) < LARGEST
    return data.ljust(LARGEST, b"\0")


@pytest.fixture
def shop(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A shop that is filled, and not open yet."""
    wire.world.ack_window = PATIENCE
    with LiveShop(wire, tmp_path, {}, fresh=True) as live:
        live.run(NOVACORE, "sample", by_file=True)
        yield live


def most_memory(pid: int) -> int:
    """How much a process has held at most, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def form_of(shop: LiveShop, person: Person) -> Reply:
    """Let someone order, and open the form for their proof."""
    page = person.choose(person.choose(shop.panel(), "Games"), PRODUCT)
    methods = person.submit(person.press(page, "Buy"), quantity="1")
    return person.press(person.choose(methods, "PayPal"), "Send payment proof")


def send(pool: ThreadPoolExecutor, person: Person, form: Reply, picture: bytes, number: int) -> "Future[Reply]":
    reference = f"{REFERENCE[:-4]}{number:04}"
    return pool.submit(person.submit, form, proof=("paid.jpg", picture), reference=reference)


def refused(replies: "list[Future[Reply]]") -> int:
    return sum(TOO_MANY in each.result().text for each in replies if each.done())


def kept(reply: "Future[Reply]") -> bool:
    return "we have your proof" in reply.result().text.lower()


def cards(shop: LiveShop) -> list[Message]:
    """What staff have been shown, with its picture."""
    return [each for each in shop.wire.messages(shop.channels["staff"]) if PRODUCT in each.text and each.attachments]


def new_person(shop: LiveShop, name: str) -> Person:
    return Person(shop.wire, shop.wire.add_user(name), shop.channels["shop"], PATIENCE)


def test_sixty_proofs_of_one_person_at_once(shop: LiveShop) -> None:
    process = shop.start(NOVACORE, "run", by_file=True)
    alice, bob, picture = new_person(shop, "anna"), new_person(shop, "bob"), heavy_picture()
    hers, his = form_of(shop, alice), form_of(shop, bob)
    frozen = shop.wire.fault(*FETCH, Hold(), times=1)
    with ThreadPoolExecutor(SENT + 1) as pool:
        sent = [send(pool, alice, hers, picture, number) for number in range(SENT)]
        wait_until(lambda: refused(sent) == SENT - SHARE, PATIENCE, "the answers to what is too much")
        assert not frozen.released.is_set(), "her first one is still on its way: others are served meanwhile"
        assert kept(send(pool, bob, his, picture, 999))
        assert PRODUCT in bob.choose(bob.choose(shop.panel(), "Games"), PRODUCT).text
        frozen.release()
        wait(sent, PATIENCE)
    taken = [each for each in sent if TOO_MANY not in each.result().text]
    assert len(taken) == SHARE
    assert all(kept(each) for each in taken), "one is kept, and the others read that it is"
    assert len(shop.wire.requests(*FETCH)) == 2, "what is refused was never fetched"
    wait_until(lambda: len(cards(shop)) == 2, PATIENCE, "her card and his")
    print(f"at most {most_memory(process.popen.pid) / 1e6:.0f} MB")
    assert most_memory(process.popen.pid) < MOST
    stop([process], PATIENCE)
    assert "Traceback" not in process.log


def test_ten_proofs_of_six_people_each_at_once(shop: LiveShop) -> None:
    process = shop.start(NOVACORE, "run", by_file=True)
    picture = heavy_picture()
    crowd = [new_person(shop, f"customer-{number}") for number in range(6)]
    forms = [form_of(shop, person) for person in crowd]
    frozen = shop.wire.fault(*FETCH, Hold(), times=LARGE_AT_ONCE)

    def send_one(number: int, round_: int) -> "Future[Reply]":
        own = picture[:-1] + bytes([number])
        return send(pool, crowd[number], forms[number], own, 20 * number + round_)

    with ThreadPoolExecutor(SENT) as pool:
        begun = time.monotonic()
        sent = [send_one(number, round_) for round_ in range(10) for number in range(6)]
        frozen.wait_reached(LARGE_AT_ONCE, PATIENCE)
        wait_until(lambda: refused(sent) == SENT - 6 * SHARE, PATIENCE, "the answers to what is too much")
        assert len(shop.wire.requests(*FETCH)) == LARGE_AT_ONCE, "no more of them are fetched at a time"
        frozen.release()
        was_quick = time.monotonic() - begun < READ_SECONDS / 2
        wait(sent, PATIENCE)
        late = sum(any(sentence in each.result().text for sentence in SEND_AGAIN) for each in sent)
        assert late <= len(crowd) * SHARE - (LARGE_AT_ONCE if was_quick else 0), "what was being fetched is kept"
        assert sum(kept(each) for each in sent) == len(crowd) * SHARE - late
        for number in range(6) if late else ():  # this machine is slow: they do as they were told
            assert kept(send_one(number, 10))
    wait_until(lambda: len(cards(shop)) == len(crowd), PATIENCE, "a card for each")
    print(f"at most {most_memory(process.popen.pid) / 1e6:.0f} MB")
    assert most_memory(process.popen.pid) < MOST
    stop([process], PATIENCE)
    assert "Traceback" not in process.log
