"""Messages that Discord would refuse are refused, each just past its limit and not at it."""

import asyncio
from typing import Any

import discord
import pytest

from tests.wire.clients import logged_in
from tests.wire.stand_in import Wire
from tests.wire.world.components import Json


def _send(wire: Wire, body: Json) -> int:
    channel = wire.add_channel("log")

    async def send() -> int:
        async with logged_in(wire) as client:
            route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
            try:
                await client.http.request(route, json=body)
            except discord.HTTPException as refused:
                return refused.code
            return 0

    return asyncio.run(send())


def _button(number: int = 0, **changes: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": f"nc:{number}"} | changes


def _row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def _select(options: int, **changes: Any) -> Json:
    found = [{"label": str(n), "value": str(n)} for n in range(options)]
    return {"type": 3, "custom_id": "nc:s", "options": found} | changes


def _text(length: int) -> Json:
    return {"type": 10, "content": "x" * length}


def _embed(**parts: Any) -> Json:
    return {"embeds": [parts]}


def _v2(*components: Json, **more: Any) -> Json:
    return {"flags": 1 << 15, "components": list(components)} | more


def _fields(count: int) -> list[Json]:
    return [{"name": "n", "value": "v"}] * count


@pytest.mark.parametrize(
    ("fits", "breaks"),
    [
        ({"content": "x" * 2000}, {"content": "x" * 2001}),
        (_embed(title="x" * 256), _embed(title="x" * 257)),
        (_embed(description="x" * 4096), _embed(description="x" * 4097)),
        (_embed(fields=_fields(25)), _embed(fields=_fields(26))),
        (_embed(fields=[{"name": "n", "value": "x" * 1024}]), _embed(fields=[{"name": "n", "value": "x" * 1025}])),
        (_embed(fields=_fields(1)), _embed(fields=[{"name": "n", "value": ""}])),
        (_embed(title="t", footer={"text": "x" * 2048}), _embed(title="t", footer={"text": "x" * 2049})),
        ({"embeds": [{"description": "x" * 3000}] * 2}, {"embeds": [{"description": "x" * 3001}] * 2}),
        ({"embeds": [{"title": "x"}] * 10}, {"embeds": [{"title": "x"}] * 11}),
        ({"components": [_row(*map(_button, range(5)))]}, {"components": [_row(*map(_button, range(6)))]}),
        (
            {"components": [_row(_button(n)) for n in range(5)]},
            {"components": [_row(_button(n)) for n in range(6)]},
        ),
        ({"components": [_row(_button(label="x" * 80))]}, {"components": [_row(_button(label="x" * 81))]}),
        ({"components": [_row(_button(custom_id="x" * 100))]}, {"components": [_row(_button(custom_id="x" * 101))]}),
        ({"components": [_row(_button(1), _button(2))]}, {"components": [_row(_button(1), _button(1))]}),
        ({"components": [_row(_select(25))]}, {"components": [_row(_select(26))]}),
        ({"components": [_row(_select(1))]}, {"components": [_row(_select(1, max_values=2))]}),
        ({"components": [_row(_select(1))]}, {"components": [_row(_select(1), _button())]}),
        (_v2(_text(4000)), _v2(_text(2000), _text(2001))),
        (_v2(*[_text(1)] * 40), _v2(*[_text(1)] * 41)),
        (_v2(_text(1)), _v2(_text(1), content="not with V2")),
        (_v2(_text(1)), {"components": [_text(1)], "content": "no flag"}),
        (_v2(_row(_button())), _v2(_button())),
    ],
)
def test_the_limit_itself_fits_and_one_more_does_not(wire: Wire, fits: Json, breaks: Json) -> None:
    assert _send(wire, fits) == 0
    assert _send(wire, breaks) == 50035


def test_an_empty_message_has_a_code_of_its_own(wire: Wire) -> None:
    assert _send(wire, {"content": ""}) == 50006


def test_a_link_button_has_an_address_and_no_custom_id(wire: Wire) -> None:
    link = {"type": 2, "style": 5, "label": "Open", "url": "https://example.com"}
    assert _send(wire, {"components": [_row(link)]}) == 0
    assert _send(wire, {"components": [_row(link | {"custom_id": "nc:1"})]}) == 50035
