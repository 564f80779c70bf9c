"""The rehearsal as a person sees it: the toy shop in a process of its own, Chromium in front of it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Page

from tests.fixtures.servers.processes import running, wait_until
from tests.rehearsal.preview_driver import Rehearsal, wait_for
from tests.rehearsal.toy_shop import picture

pytestmark = pytest.mark.browser


_TOY_SHOP = [sys.executable, "-m", "tests.rehearsal.toy_shop", "0"]


@contextmanager
def _rehearsal(log: Path, stop: signal.Signals = signal.SIGTERM) -> Iterator[tuple[str, Popen[bytes]]]:
    with running(_TOY_SHOP, log=log, stop=stop, fresh=True) as process:
        wait_until(lambda: "http://" in log.read_text(), process, log=log)
        yield next(line for line in log.read_text().splitlines() if line.startswith("http://")), process


@pytest.fixture
def fresh_address(tmp_path: Path) -> Iterator[str]:
    """Play the toy shop for one test, on whatever port is free."""
    with _rehearsal(tmp_path / "rehearsal.log") as (address, _):
        yield address


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Play the toy shop for all tests that leave each other in peace."""
    with _rehearsal(tmp_path_factory.mktemp("rehearsal") / "rehearsal.log") as (address, _):
        yield address


def test_a_code_is_bought_from_the_panel_to_the_message(fresh_address: str, page: Page, tmp_path: Path) -> None:
    rehearsal = Rehearsal(page, fresh_address)
    customer = rehearsal.discord
    customer.choose("Blue code", "Choose a product")
    assert "in 23 hours" in customer.read("Order NC-1")

    proof = tmp_path / "mine.png"
    proof.write_bytes(picture())
    customer.press("I have paid", "Order NC-1")
    customer.upload("picture", proof)
    customer.write("reference", "TX-77")
    customer.submit()
    customer.read("NC-1 is being checked")

    wait_for(lambda: rehearsal.waits_in("Staff", "#staff-review") == "1", "the staff to be told")
    staff = rehearsal.open("Staff", "#staff-review")
    assert "NC-1 by TX-77" in staff.read("NC-1")
    staff.press("Approve")
    staff.read("NC-1 approved")

    wait_for(lambda: rehearsal.waits_in("Customer", "Messages from the shop") == "1", "the goods to come")
    messages = rehearsal.open("Customer", "Messages from the shop")
    messages.read("BLUE-1234")
    messages.press("Show again")
    messages.read("Again: NC-1")
    wait_for(lambda: any("under_review → approved" in line for line in rehearsal.feed()), "the log to say so")


def test_an_order_runs_out_while_one_watches(fresh_address: str, page: Page) -> None:
    rehearsal = Rehearsal(page, fresh_address)
    rehearsal.discord.choose("Red code", "Choose a product")
    messages = rehearsal.open("Customer", "Messages from the shop")
    assert messages.messages() == []
    rehearsal.move_clock("+1 hour")
    rehearsal.move_clock("+1 day")
    messages.read("NC-1 has run out.")
    shop = rehearsal.open("Customer", "#shop")
    assert "2 hours ago" in shop.read("NC-1")


def test_a_ticket_opens_a_place_for_its_customer_and_the_staff_only(address: str, page: Page) -> None:
    rehearsal = Rehearsal(page, address)
    rehearsal.open("Customer", "#support").press("Open a ticket")
    ticket = rehearsal.open("Staff", "#ticket-1")
    ticket.read("Tell us what is wrong.")
    assert rehearsal.page.get_by_role("button", name="#ticket-1").count() == 3, "customer, staff, owner"


def test_a_slash_command_works(address: str, page: Page) -> None:
    shop = Rehearsal(page, address).discord
    shop.command("hello")
    shop.read("Hello to you.")


def test_on_a_phone_discord_opens_in_a_tab_of_its_own(address: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address)
    page.locator("#people button").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open #staff-review as staff").click()
    opened.value.locator("#channel-name", has_text="staff-review").wait_for()


def test_the_page_asks_no_other_machine_and_nothing_fails_in_it(address: str, page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    Rehearsal(page, address).open("Owner", "#staff-review")
    assert asked
    assert [url for url in asked if not url.startswith((address, "blob:"))] == []
    # A page that is being left may still ask for what is no longer its own.
    assert [text for text in complaints if "401" not in text] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_peace(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "rehearsal.log"
    with _rehearsal(log, number) as (_, process):
        pass
    assert process.returncode == 0
    assert log.read_text().splitlines()[-1] == "closed"
    assert "Traceback" not in log.read_text()
