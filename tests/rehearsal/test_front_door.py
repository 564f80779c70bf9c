"""The page's door: who may come in, what it tells, and that presses and clock moves never meet."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from discord import ui

from novacore.rehearsal import rehearse
from novacore.rehearsal.front_door import FrontDoor
from novacore.rehearsal.proxy import open_session
from tests.fixtures.servers.processes import free_port
from tests.rehearsal.stage import Stage, play
from tests.rehearsal.toy_shop import ToyShop, card

Visit = Callable[[FrontDoor, aiohttp.ClientSession], Awaitable[None]]


def visit(act: Visit) -> None:
    """Serve the stage behind a front door, with the customer's #shop open, and let `act` call there."""

    async def on_stage(stage: Stage) -> None:
        async with open_session() as inner:
            door = FrontDoor(stage.env, stage.world, stage.shop, inner)
            runner = web.AppRunner(door.application(), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            address = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                async with aiohttp.ClientSession(address, headers={"Origin": address}) as session:
                    await door.window.open(stage.sight("customer", "shop"))
                    await act(door, session)
            finally:
                await runner.cleanup()
                await door.window.close()

    play(on_stage)


async def _status(session: aiohttp.ClientSession, method: str, path: str, **options: Any) -> int:
    async with session.request(method, path, allow_redirects=False, **options) as answer:
        return answer.status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example:8765",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "192.0.2.1",
        "",
    ],
)
def test_another_name_for_this_machine_is_turned_away(host: str) -> None:
    async def act(_door: FrontDoor, session: aiohttp.ClientSession) -> None:
        for path in ("/", "/rehearsal/state", "/discord", "/api/state"):
            assert await _status(session, "GET", path, headers={"Host": host}) == 403

    visit(act)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_another_site_changes_nothing(origin: str) -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        sight = door.window.sight
        for path in ("/rehearsal/open", "/rehearsal/clock", "/api/action", "/api/pages"):
            form = {"person": "staff", "place": "staff-review"}
            assert await _status(session, "POST", path, data=form, headers={"Origin": origin}) == 403
        assert door.window.sight == sight

    visit(act)


def test_it_tells_who_can_go_where_what_is_open_and_what_happened() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        door._shop.note("order NC-1 (new) → awaiting_payment")  # type: ignore[attr-defined]
        async with session.get("/rehearsal/state") as answer:
            state = await answer.json()
        assert [person["title"] for person in state["people"]] == ["Customer", "Second customer", "Staff", "Owner"]
        assert state["open"]["person"] == "customer"
        assert state["open"]["url"] == f"/discord#{door.window.capability}"
        assert state["feed"][-1]["text"] == "order NC-1 (new) → awaiting_payment"
        assert state["errors"] == 0

    visit(act)


def test_a_place_is_opened_for_those_who_may_be_there() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        form = {"person": "staff", "place": "staff-review"}
        async with session.post("/rehearsal/open", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["Location"] == f"/discord#{door.window.capability}"
        for stranger in ({"person": "customer", "place": "staff-review"}, {"person": "nobody", "place": "shop"}, {}):
            assert await _status(session, "POST", "/rehearsal/open", data=stranger) == 404
        assert door.window.sight
        assert door.window.sight.person.key == "staff"

    visit(act)


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", *(f'{{"seconds": {seconds}}}' for seconds in ('"x"', "-1", "1e300", "NaN", "null"))]
)
def test_a_senseless_clock_move_is_refused(body: str) -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        assert await _status(session, "POST", "/rehearsal/clock", data=body) == 400

    visit(act)


def test_simcords_page_may_be_framed_by_this_page_only() -> None:
    async def act(_door: FrontDoor, session: aiohttp.ClientSession) -> None:
        async with session.get("/discord") as answer:
            assert answer.status == 200
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        async with session.get("/") as answer:
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]

    visit(act)


def test_simcords_page_has_what_we_add_to_it() -> None:
    async def act(_door: FrontDoor, session: aiohttp.ClientSession) -> None:
        async with session.get("/discord") as answer:
            head, _, rest = (await answer.text()).partition("</head>")
        assert "<body>" in rest
        for address in re.findall(r'"(/rehearsal/[^"]+)"', head):
            assert await _status(session, "GET", address) == 200
        assert head.count("/rehearsal/") == 2

    visit(act)


def test_when_nothing_is_open_it_says_so() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        await door.window.close()
        async with session.get("/discord") as answer:
            assert answer.status == 410
            assert "Choose a place" in await answer.text()
        async with session.get("/rehearsal/state") as answer:
            assert (await answer.json())["open"] is None

    visit(act)


class PageInABrowser:
    """Speaks as SimCord's page does: it presses on the state that it read last."""

    def __init__(self, session: aiohttp.ClientSession, door: FrontDoor) -> None:
        self._session = session
        self._headers = {"X-Simcord-Capability": door.window.capability or ""}
        self._sequence = 0

    async def load(self) -> None:
        async with self._session.post("/api/pages", json={}, headers=self._headers) as answer:
            self.state = await answer.json()
        self._headers["X-Simcord-Context"] = self.state["context"]["id"]

    async def read(self) -> None:
        async with self._session.get("/api/state", headers=self._headers) as answer:
            self.state = await answer.json()

    async def choose(self, value: str) -> Any:
        """Choose in the panel's select, and return SimCord's receipt."""
        message = next(message for message in self.state["messages"].values() if message["components"])
        target = {"target_id": message["id"], "control_key": f"message:{message['id']}:component:5"}
        body = target | {
            "protocol_version": 3, "kind": "select", "values": [value],
            "sequence": self._sequence + 1, "request_id": str(self._sequence + 1),
            "generation": self.state["context"]["generation"], "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
        }  # fmt: skip
        async with self._session.post("/api/action", json=body, headers=self._headers) as answer:
            assert answer.status == 200, "SimCord's page does not get over this"
            receipt = await answer.json()
        self._sequence = receipt["expectedSequence"]
        return receipt


def test_presses_and_clock_moves_wait_for_each_other() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        page = PageInABrowser(session, door)
        await page.load()

        async def press() -> None:
            for _ in range(10):
                await page.read()
                receipt = await page.choose("blue")
                assert receipt["settlement"] == "settled", receipt

        pressing = asyncio.create_task(press())
        moves = 0
        while not pressing.done():
            await door.clockwork.tick()
            moves += 1
            await asyncio.sleep(0)
        await pressing
        assert moves > 10
        assert len(door._shop.orders) == 10  # type: ignore[attr-defined]

    visit(act)


def test_a_press_counts_although_something_else_was_published() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        page, shop = PageInABrowser(session, door), door._shop
        assert isinstance(shop, ToyShop)
        await page.load()
        for text in ("the worker's", "and one more"):
            await shop.bot.channel("shop").send(text)
            await door.window.watch()
        receipt = await page.choose("blue")
        assert (receipt["rejected"], receipt["settlement"]) == (False, "settled"), receipt
        assert len(shop.orders) == 1

    visit(act)


def test_a_press_on_a_control_that_has_changed_is_refused() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        page, shop = PageInABrowser(session, door), door._shop
        assert isinstance(shop, ToyShop)
        await page.load()
        other: ui.Select[Any] = ui.Select(custom_id="buy", placeholder="Choose another product")
        other.add_option(label="Blue code", value="blue")
        async for message in shop.bot.channel("shop").history():
            await message.edit(view=card("## Toy shop", other, image="shop.png"))
        await door.window.watch()
        receipt = await page.choose("blue")
        assert [problem["code"] for problem in receipt["diagnostics"]] == ["stale-revision"]
        assert not shop.orders

    visit(act)


def test_whoever_loads_while_places_change_gets_everything() -> None:
    async def act(door: FrontDoor, session: aiohttp.ClientSession) -> None:
        async def change() -> None:
            for person in ("staff", "owner", "customer", "second-customer") * 3:
                form = {"person": person, "place": "dm"}
                assert await _status(session, "POST", "/rehearsal/open", data=form) == 303

        changing, answers = asyncio.create_task(change()), []
        while not changing.done():
            loads = (_status(session, "GET", path) for path in ("/discord", "/app.js", "/session.js", "/preview.css"))
            answers += await asyncio.gather(*loads)
        await changing
        assert len(answers) > 12
        assert set(answers) == {200}, "a browser remembers what it did not get"

    visit(act)


def test_a_taken_port_is_no_obstacle() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        address = asyncio.run(_address_of_rehearsal(port))
    assert address.startswith("http://127.0.0.1:")
    assert address != f"http://127.0.0.1:{port}/"


def test_the_wished_port_is_taken_where_it_is_free() -> None:
    port = free_port()
    assert asyncio.run(_address_of_rehearsal(port)) == f"http://127.0.0.1:{port}/"


async def _address_of_rehearsal(port: int) -> str:
    address = asyncio.get_running_loop().create_future()
    playing = asyncio.create_task(rehearse(_QuietShop(), port, address.set_result))
    await asyncio.wait({playing, address}, return_when=asyncio.FIRST_COMPLETED)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    return str(address.result())


class _QuietShop(ToyShop):
    """The toy shop without a worker."""

    async def opened(self) -> None:
        """Nothing works in the background."""

    async def close(self) -> None:
        """Nothing is to be stopped."""
