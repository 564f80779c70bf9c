"""Takes the pictures of the README again: `.venv/bin/python -m tests.rehearsal.take_pictures`.

It plays the rehearsal in Chromium as the browser tests do, so the pictures show the shop as it is.
"""

import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.fixtures.browser import CONTAINED, find_chromium
from tests.fixtures.servers.processes import running, wait_until
from tests.rehearsal.preview_driver import Rehearsal, wait_for

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_HEIGHTS = {"shop": 860, "review": 1720, "goods": 860}


def main() -> None:
    """Buy something and take a picture of every step that is worth one."""
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name, "rehearsal.log")
        command = [str(Path(sys.executable).with_name("novacore")), "rehearse", "--port", "0"]
        with running(command, log=log, cwd=folder) as process, sync_playwright() as playwright:
            wait_until(lambda: "http://" in log.read_text(), process, log=log, seconds=60)
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(CONTAINED))
            _tell(browser.new_page(), re.findall(r"http://\S+", log.read_text())[0], folder)
            browser.close()


def _tell(page: Page, address: str, folder: Path) -> None:
    rehearsal = Rehearsal(page, address)
    shop = rehearsal.discord
    shop.choose("Games", "What are you looking for?")
    shop.choose("Starfall Odyssey key", "Which one would you like?")
    _take(rehearsal, "shop", "25 left")

    shop.press("Buy", "25 left")
    shop.submit()
    shop.choose("Bitcoin", "How would you like to pay?")
    shop.press("Send payment proof", "Send us the proof")
    proof = folder / "proof.png"
    proof.write_bytes(page.request.get(f"{address}rehearsal/proof-of-payment.png").body())
    shop.upload("proof", proof)
    shop.write("reference", rehearsal.reference("BTC"))
    shop.submit()

    staff = rehearsal.open("Staff", "#staff-review")
    staff.read("Payment to check")
    _take(rehearsal, "review", "Payment to check")
    staff.press("Approve")
    rehearsal.open("Customer", "Messages from the shop").read("Here are your goods")
    _take(rehearsal, "goods", "Here are your goods")


def _take(rehearsal: Rehearsal, name: str, text: str) -> None:
    """Take a picture of the message with this text, in few colours: a README is read over slow lines, too."""
    page, discord = rehearsal.page, rehearsal.discord
    high = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": _HEIGHTS[name]})
    page.evaluate("scrollTo(0, 0)")
    page.locator(".side").evaluate("side => side.scrollTo(0, 0)")
    message = discord.message(text)
    pictures = message.locator("img")
    wait_for(lambda: pictures.evaluate_all("all => all.every(one => one.complete && one.naturalWidth)"), "the pictures")
    message.evaluate("one => one.scrollIntoView({block: 'end'})")
    page.wait_for_timeout(1000)  # SimCord's page measures itself again, and its buttons are grey until it has
    discord.rest()
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as taken:
        small = taken.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    small.save(PICTURES / f"{name}.png", optimize=True)
    print(f"docs/pictures/{name}.png: {(PICTURES / f'{name}.png').stat().st_size // 1000} kB")
    if high:
        page.set_viewport_size(high)


if __name__ == "__main__":
    main()
