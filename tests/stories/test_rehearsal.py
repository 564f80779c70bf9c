"""The shop as someone meets it who has just typed `make run`: bought, expired and rejected in the browser.

The real command in a process of its own and an empty folder, Chromium in front of it, nothing pretended but Discord.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.fixtures.servers.processes import running, wait_until
from tests.rehearsal.preview_driver import Discord, Rehearsal, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]  # a browser on a busy machine takes its time

NOVACORE = Path(sys.executable).with_name("novacore")
MESSAGES = "Messages from the shop"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Open the rehearsal for the stories here: each has a product of its own, so that none is in another's way."""
    folder = tmp_path_factory.mktemp("empty")
    log = tmp_path_factory.mktemp("log") / "rehearsal.log"
    command = [str(NOVACORE), "rehearse", "--port", "0"]
    # Fresh: SimCord puts a clock in the place of time.monotonic, and what was imported before would keep the real one.
    with running(command, log=log, fresh=True, cwd=folder) as process:
        wait_until(lambda: "http://" in log.read_text(), process, log=log, seconds=60)
        yield re.findall(r"http://\S+", log.read_text())[0]
    assert [*folder.iterdir()] == []
    assert "Traceback" not in log.read_text()


def _order(shop: Discord, category: str, product: str, method: str) -> str:
    """Go from the panel to the payment instructions; return the order's id."""
    shop.choose(category, "What are you looking for?")
    shop.choose(product, "Which one would you like?")
    shop.press("Buy", product)
    shop.submit()
    shop.choose(method, "How would you like to pay?")
    (order_id,) = set(re.findall(r"NC-\d{8}-\w{6}", shop.read("Send us the proof")))
    return str(order_id)


def _look_at_the_badge(rehearsal: Rehearsal) -> Discord:
    """Be another customer than the one who orders it, and look what is left. By the button: it works every time."""
    shop = rehearsal.open("Customer", "#shop")
    shop.press("All categories", "NovaCore Products")
    shop.choose("Games", "What are you looking for?")
    shop.choose("Founder's badge", "Which one would you like?")
    return shop


def _send_proof(rehearsal: Rehearsal, order_id: str, picture: Path, method: str) -> None:
    """Press the button under the instructions, upload the picture and type one of the page's transaction ids."""
    customer = rehearsal.discord
    customer.press("Send payment proof", order_id)
    customer.upload("proof", picture)
    customer.write("reference", rehearsal.reference(method))
    customer.submit()
    customer.read("We're checking your payment")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Draw a picture that no test has sent before."""
    path = tmp_path / "mine.png"
    Image.effect_noise((320, 480), 90).save(path)
    return path


def test_a_key_is_bought_from_the_panel_to_the_message(address: str, page: Page, picture: Path) -> None:
    rehearsal = Rehearsal(page, address)
    order_id = _order(rehearsal.discord, "Games", "Starfall Odyssey key", "Bitcoin")
    _send_proof(rehearsal, order_id, picture, "BTC")

    staff = rehearsal.open("Staff", "#staff-review")
    staff.read(order_id)
    assert staff.message(order_id).locator("img").count(), "staff see the picture"
    staff.press("Approve", order_id)

    messages = rehearsal.open("Customer", MESSAGES)
    (key,) = re.findall(r"SAMPLE-\w{10}", messages.read("Here are your goods"))
    messages.press("Show my goods", order_id)
    assert key in messages.read("Only you can see this")
    wait_for(lambda: any("(approved → delivered)" in line for line in rehearsal.feed()), "the log to tell of it")
    assert key not in "".join(rehearsal.feed())
    assert rehearsal.complaints() == ""


def test_an_order_expires_while_one_watches(address: str, page: Page) -> None:
    rehearsal = Rehearsal(page, address)
    _order(rehearsal.open("Second customer", "#shop"), "Games", "Founder's badge", "PayPal")
    _look_at_the_badge(rehearsal).read("Sold out")

    messages = rehearsal.open("Second customer", MESSAGES)
    messages.read("Your items are set aside for you")
    rehearsal.move_clock("+1 day")
    rehearsal.move_clock("+10 minutes")
    messages.read("The time to pay ran out, so your items went back on sale")

    _look_at_the_badge(rehearsal).read("Only 1 left")


def test_a_customer_reads_why_they_were_rejected(address: str, page: Page, picture: Path) -> None:
    rehearsal = Rehearsal(page, address)
    order_id = _order(rehearsal.discord, "Community", "Club invite", "PayPal")
    _send_proof(rehearsal, order_id, picture, "PayPal")

    staff = rehearsal.open("Staff", "#staff-review")
    staff.press("Reject", order_id)
    staff.write("reason", "The picture shows another shop.")
    staff.submit()
    staff.read("you rejected this order")

    messages = rehearsal.open("Customer", MESSAGES)
    assert "The picture shows another shop." in messages.read("We could not accept your payment")


def test_a_ticket_is_opened_answered_left_waiting_and_closed(address: str, page: Page) -> None:
    rehearsal = Rehearsal(page, address)
    support = rehearsal.open("Second customer", "#support")
    support.press("Others", "Do you need help?")
    support.write("subject", "Opening hours")
    support.write("description", "When are you there?")
    support.submit()
    support.read("Ticket #1 is")

    staff = rehearsal.open("Staff", "#ticket-0001")
    assert "When are you there?" in staff.read("Opening hours")
    staff.press("For staff", "Opening hours")
    staff.press("Claim", "Ticket #1")
    staff.read("Taken care of by: Staff")
    staff.say("We are here all day.")

    customer = rehearsal.open("Second customer", "#ticket-0001")
    customer.read("We are here all day.")
    assert not rehearsal.page.locator("#people h3:text-is('Customer') + ul").get_by_text("#ticket-0001").count()
    rehearsal.move_clock("+1 day")
    rehearsal.move_clock("+10 minutes")
    customer.read("we are waiting for your reply")
    customer.press("For staff", "Opening hours")
    customer.read("Only staff can use that button")
    for _ in range(3):
        rehearsal.move_clock("+1 day")
    messages = rehearsal.open("Second customer", MESSAGES)
    assert "There was no reply" in messages.read("Your ticket #1 is closed")
    assert rehearsal.complaints() == ""


def test_what_can_be_restocked_is_offered_at_once(address: str, page: Page) -> None:
    owner = Rehearsal(page, address).open("Owner", "#staff-review")
    assert "Workshop seat · Community" in owner.suggestions("product restock")
