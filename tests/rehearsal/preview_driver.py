"""Drives the rehearsal's page in Chromium the way a person would: open a place, press, choose, fill in, read.

What SimCord's page consists of is known here only. It forbids strings as scripts, so waiting is done from this side.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Frame, Locator, Page

_SECONDS = 90.0
PRESSES = 20
"""The panel is edited after each change of stock; on a busy machine a press meets one edit after the other."""

_ANSWER_SECONDS = 15.0
"""After which a press counts as lost: every press is acknowledged at once."""
_RESTS = "Boolean(window.simcordPreview?.ready && !simcordPreview.pendingAction)"
_RECEIPTS = "simcordPreview.activity.map(r => [r.correlation, r.rejected, r.acknowledgement])"


def wait_for(condition: Callable[[], Any], what: str) -> None:
    """Poll until the condition holds; a page that is just being replaced counts as not yet."""
    if not holds_soon(condition, _SECONDS):
        raise AssertionError(f"waited for nothing for {what}")


def holds_soon(condition: Callable[[], Any], seconds: float) -> bool:
    """Poll for so long, and tell whether the condition came to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return True
        except Error:
            pass
        time.sleep(0.05)
    return False


class Discord:
    """SimCord's page in its frame: one place, as one person."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def rest(self) -> None:
        """Wait until the page shows what it knows and nothing is under way."""
        wait_for(lambda: self.frame.evaluate(_RESTS), "Discord's page to come to rest")

    def messages(self) -> list[str]:
        """The texts of the messages that can be seen here, oldest first."""
        return self.frame.locator("article.channel-message").all_inner_texts()

    def read(self, text: str) -> str:
        """Wait for a message with this text, and return the newest such."""
        wait_for(lambda: any(text in message for message in self.messages()), f"a message with {text!r}")
        return [message for message in self.messages() if text in message][-1]

    def message(self, text: str) -> Locator:
        """The newest message with this text."""
        return self.frame.locator("article.channel-message").filter(has_text=text).last

    def press(self, label: str, message: str = "") -> None:
        """Press the button with this label, in the newest message that has it (and the text, if one is given)."""
        # By its words alone: an emoji in front of them is part of the button's name.
        words = self.frame.locator(f".button-label:text-is({json.dumps(label)})")
        home = self.frame.locator("article.channel-message").filter(has_text=message or label).filter(has=words)
        wait_for(home.count, f"a message with {message!r} and the button {label!r}")
        self._act(home.last.locator("button.component-button").filter(has=words).last.click)

    def choose(self, option: str, placeholder: str) -> None:
        """Choose an option in the newest select with this placeholder."""
        box = self.frame.locator("article.channel-message").get_by_role("combobox", name=placeholder).last
        choice = self.frame.get_by_role("option", name=option).locator("visible=true")

        def picked() -> bool:
            # What is published between the two clicks closes the list again.
            if not choice.count():
                box.click(timeout=1000)
            if choice.get_attribute("aria-selected", timeout=1000) == "true":
                self._reload()
                return False
            choice.click(timeout=1000)
            return True

        self._act(lambda: wait_for(picked, f"the option {option!r} of {placeholder!r}"))

    def write(self, custom_id: str, text: str) -> None:
        """Fill in a field of the open form."""
        self._field(custom_id).locator("input, textarea").fill(text)

    def upload(self, custom_id: str, file: Path) -> None:
        """Choose a file in the open form."""
        self._field(custom_id).locator("input[type=file]").set_input_files(file)

    def submit(self) -> None:
        """Send the open form."""
        self._act(lambda: self.frame.locator("#modal-root button[type=submit]").click())

    def say(self, text: str) -> None:
        """Write a message into the channel. No bot has to answer it, so it is there once it can be read."""
        self.rest()
        composer = self.frame.locator("#channel-composer [data-control-key^='composer']")
        composer.click()
        composer.press_sequentially(text)
        self.frame.locator("#send-message").click()
        self.read(text)

    def command(self, name: str) -> None:
        """Run a slash command without options."""

        def run() -> None:
            composer = self.frame.locator("#channel-composer [data-control-key^='composer']")
            composer.click()
            composer.press_sequentially(f"/{name}")
            self.frame.get_by_role("option", name=f"/{name}").first.click()
            self.frame.locator("#send-message").click()

        self._act(run)

    def suggestions(self, command: str) -> list[str]:
        """Begin a command, and return what its first option may be, before anything is typed for it."""
        self.rest()
        composer = self.frame.locator("#channel-composer [data-control-key^='composer']")
        composer.click()
        composer.press_sequentially(f"/{command}")
        self.frame.get_by_role("option", name=f"/{command}").first.click()
        offered = self.frame.locator("[role=listbox] [role=option]")
        wait_for(lambda: offered.count() > 1, f"what /{command} offers")
        return offered.all_inner_texts()

    def _reload(self) -> None:
        # SimCord's page keeps a choice that was refused, and doesn't send the same one again.
        self.frame.evaluate("window.wasReloaded = false; location.reload()")
        wait_for(lambda: self.frame.evaluate(f"window.wasReloaded !== false && {_RESTS}"), "Discord's page again")

    def _field(self, custom_id: str) -> Locator:
        return self.frame.locator(f'#modal-root .modal-field[data-custom-id="{custom_id}"]')

    def _act(self, act: Callable[[], None]) -> None:
        # A press on what was shown a moment before something new was published (the panel follows the stock) does
        # nothing, or is not even sent: press again.
        for _ in range(PRESSES):
            self.rest()
            before = {receipt[0] for receipt in self._receipts()}
            act()
            if not holds_soon(partial(self._answered, before), _ANSWER_SECONDS):
                continue
            self.rest()
            if any(taken != "not_applicable" and not refused for refused, taken in self._new(before)):
                return
        raise AssertionError(f"Discord's page refused or lost each of {PRESSES} presses")

    def _answered(self, before: set[str]) -> bool:
        return any(refused or taken != "not_applicable" for refused, taken in self._new(before))

    def _new(self, before: set[str]) -> list[tuple[bool, str]]:
        return [(refused, taken) for name, refused, taken in self._receipts() if name not in before]

    def _receipts(self) -> list[Any]:
        return list(self.frame.evaluate(_RECEIPTS))


class Rehearsal:
    """The rehearsal's own page, with Discord next to it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        # High enough to need no scrolling: SimCord's page jumps when a list opens under a picture, and closes it.
        page.set_viewport_size({"width": 1280, "height": 3000})
        page.goto(address)
        wait_for(lambda: " · " in page.locator("#seen").inner_text(), "the page to say who one is")
        if page.locator("#seen").inner_text().endswith("You are: Customer · #shop"):
            self._wait_for_place("Customer · #shop")
        else:
            self.open("Customer", "#shop")

    @property
    def discord(self) -> Discord:
        """What is open now."""
        frame = self.page.frame(name="discord")
        assert frame
        return Discord(frame)

    def open(self, person: str, place: str) -> Discord:
        """Be this person in this place, by their titles in the page's list."""
        doors = self.page.locator(f"#people h3:text-is('{person}') + ul")
        doors.get_by_role("button", name=place).click()
        self._wait_for_place(f"{person} · {place}")
        return self.discord

    def move_clock(self, label: str) -> None:
        """Press one of the clock's buttons, and wait until it has moved."""
        self.page.get_by_role("button", name=label, exact=True).click()
        self.page.locator("#clock-said", has_text="Moved.").wait_for()

    def waits_in(self, person: str, place: str) -> str:
        """The number of new messages that the page shows at a place; empty when there are none."""
        door = self.page.locator(f"#people h3:text-is('{person}') + ul").get_by_role("button", name=place)
        return "".join(door.locator(".waiting").all_inner_texts())

    def feed(self) -> list[str]:
        """The page's log, newest first."""
        return self.page.locator("#feed li").all_inner_texts()

    def reference(self, method: str) -> str:
        """A transaction id for this way to pay, from the page's list."""
        listed = self.page.locator(f"#references dt:has-text('{method}') + dd")
        wait_for(listed.count, f"a transaction id for {method}")
        return listed.first.text_content() or ""

    def complaints(self) -> str:
        """What the page says when the bot failed; empty when it did not."""
        return self.page.locator("#errors:visible").inner_text() if self.page.locator("#errors:visible").count() else ""

    def _wait_for_place(self, seen: str) -> None:
        self.page.locator("#seen", has_text=seen).wait_for()
        person, _, place = seen.partition(" · ")
        wait_for(lambda: self._shows(person, place), f"Discord to show {place} as {person}")
        self.discord.rest()

    def _shows(self, person: str, place: str) -> bool:
        frame = self.discord.frame
        here = frame.locator("#channel-name").inner_text()
        who = frame.locator("#viewer-picker option:checked").inner_text()
        return who == person and place in {f"#{here}", "Messages from the shop"}
