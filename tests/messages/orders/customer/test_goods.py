"""The goods reach the buyer exactly as they are, in one message, whatever they consist of."""

import pytest

from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer import goods
from novacore.states import GoodsType, OrderStatus
from novacore.workflows.goods.items import GoodsItem
from tests.messages import samples
from tests.messages.payloads import assert_sendable, components, custom_ids_of, files_of, words_of

ORDER = samples.order(OrderStatus.approved)
TOKEN = "ACDEFGHJKMNP"


def _codes(values: list[str]) -> list[GoodsItem]:
    total = len(values)
    return [GoodsItem(f"Game gift card ({n} of {total})", GoodsType.code, one) for n, one in enumerate(values, 1)]


def _file(message: Message) -> str:
    ((name, content),) = files_of(message).items()
    assert name == f"{samples.ORDER_ID}-goods.txt"
    return content.decode("utf-8-sig")


@pytest.mark.parametrize("kind", GoodsType)
def test_each_kind_of_goods_has_its_emoji_and_its_value(kind: GoodsType) -> None:
    message = goods.goods(ORDER, [GoodsItem("My thing", kind, "ABCD-1234")], TOKEN)
    said = words_of(message)
    assert f"{kind.row.emoji} **My thing**" in said
    assert "ABCD-1234" in said
    assert files_of(message) == {}


def test_what_is_copied_stands_in_a_block_and_what_is_read_does_not() -> None:
    said = words_of(
        goods.goods(
            ORDER, [GoodsItem("Key", GoodsType.key, "AB`CD\nEF"), GoodsItem("How", GoodsType.guide, "Do\nthis")]
        )
    )
    assert "```\nAB`CD\nEF\n```" in said
    assert "> Do\n> this" in said


def test_an_address_can_be_pressed() -> None:
    said = words_of(goods.goods(ORDER, [GoodsItem("Film", GoodsType.link, "https://films.example/a_b_c?x=*")]))
    assert "<https://films.example/a_b_c?x=*>" in said


def test_many_codes_of_one_product_can_be_copied_at_once() -> None:
    values = [f"CODE-{n:04}" for n in range(1, 101)]
    message = goods.goods(ORDER, [GoodsItem("Guide", GoodsType.guide, "Read me"), *_codes(values)], TOKEN)
    block = "\n".join(values)
    assert f"**Game gift card** · 100 codes, one on each line\n```\n{block}\n```" in words_of(message)
    assert files_of(message) == {}


def test_a_few_codes_stand_alone_so_that_each_can_be_copied() -> None:
    said = words_of(goods.goods(ORDER, _codes(["AAA", "BBB"])))
    assert "**Game gift card (1 of 2)**\n```\nAAA\n```" in said
    assert "**Game gift card (2 of 2)**\n```\nBBB\n```" in said


def test_codes_of_several_lines_are_not_thrown_together() -> None:
    said = words_of(goods.goods(ORDER, _codes([f"user{n}\npass{n}" for n in range(5)])))
    assert "```\nuser0\npass0\n```" in said


@pytest.mark.parametrize(
    "value",
    [
        "x" * 5000,
        "a```b",
        " leading",
        "trailing\n",
        "bell\x07",
        "turned\u202eround",
        "hidden\u200b",
        "",
        "\n",
    ],
    ids=ascii,
)
def test_what_discord_would_not_show_exactly_goes_as_a_file(value: str) -> None:
    message = goods.goods(
        ORDER, [GoodsItem("Key", GoodsType.key, "PLAIN"), GoodsItem("Odd", GoodsType.key, value)], TOKEN
    )
    content = _file(message)
    assert value in content
    assert "PLAIN" in content, "everything is in the file, not half of it"
    assert "PLAIN" not in words_of(message)
    assert_sendable(message)


def test_a_thousand_codes_go_as_one_file_in_one_message() -> None:
    values = [f"CODE-{n:04}" for n in range(1, 1001)]
    message = goods.goods(ORDER, _codes(values), TOKEN)
    content = _file(message)
    assert all(value in content for value in values)
    assert "All 1000 items are in this file" in words_of(message)
    assert any(one["type"] == 13 for one in components(message)), "a file that no component shows is invisible"


def test_more_entries_than_a_message_has_room_for_go_as_a_file() -> None:
    items = [GoodsItem(f"Thing {n}", GoodsType.key, "K") for n in range(30)]
    assert "30. Thing 29 [key]\nK" in _file(goods.goods(ORDER, items, TOKEN))


@pytest.mark.parametrize("kind", [GoodsType.key, GoodsType.guide])
@pytest.mark.parametrize("letter", ["x", "*", "🎉"])
def test_from_short_to_long_there_is_no_length_that_discord_refuses(kind: GoodsType, letter: str) -> None:
    """Discord counts 4000 characters in all, whatever stands around the goods."""
    order = samples.order(OrderStatus.approved, product_name="*" * 500, quantity=1000)
    as_files = []
    for size in range(1400, 4200, 100):
        message = goods.goods(order, [GoodsItem("*" * 500, kind, letter * size)], TOKEN)
        assert_sendable(message)
        as_files.append(bool(message.files))
    assert as_files == sorted(as_files), "once it is too long, it stays too long"
    assert as_files[-1]


@pytest.mark.parametrize("count", [1, 1000])
def test_the_token_is_printed_where_a_later_attempt_finds_it(count: int) -> None:
    message = goods.goods(ORDER, _codes(["X"] * count), TOKEN)
    assert words_of(message).endswith(f"-# {samples.ORDER_ID} · {TOKEN}")


def test_the_warranty_is_named() -> None:
    assert "30 days of warranty" in words_of(goods.goods(ORDER, _codes(["X"])))
    bare = samples.order(OrderStatus.approved, warranty_days=0)
    assert "warranty" not in words_of(goods.goods(bare, _codes(["X"])))


def test_shown_goods_say_that_nobody_else_sees_them() -> None:
    said = words_of(goods.goods_revealed(ORDER, _codes(["ABC"])))
    assert "Only you can see this" in said
    assert "```\nABC\n```" in said


@pytest.mark.parametrize("value", ["SECRET-1", "SECRET " * 900])
def test_no_repr_shows_a_value(value: str) -> None:
    message = goods.goods(ORDER, [GoodsItem("Key", GoodsType.key, value)], TOKEN)
    parts = [message, *message.files, *message.discord_files(), message.view, *message.view.walk_children()]
    entries = goods._entries([GoodsItem("Key", GoodsType.key, value)])
    assert "SECRET" not in "".join(map(repr, [*parts, *entries]))


def test_goods_sent_again_and_a_replacement_say_what_they_are() -> None:
    order = samples.order(OrderStatus.delivered)
    item = GoodsItem("Game key (2 of 3)", GoodsType.code, "NEW-CODE")
    again, new = goods.goods_again(order, [item], "TOKEN"), goods.replacement(order, [item], "TOKEN")
    assert "sent to you once more" in words_of(again)
    assert "Here is your replacement" in words_of(new)
    for message in (again, new):
        assert "NEW-CODE" in words_of(message)
        assert "TOKEN" in words_of(message)


def test_the_goods_offer_help_with_their_order_and_end_with_their_token() -> None:
    messages = [
        goods.goods(ORDER, _codes(["A"]), TOKEN),
        goods.goods_again(ORDER, _codes(["A"]), TOKEN),
        goods.replacement(ORDER, _codes(["A"]), TOKEN),
    ]
    for message in messages:
        assert custom_ids_of(message) == [f"nc:ticket:open:product_issue:{samples.ORDER_ID}"]
        assert components(message)[-1]["content"].splitlines()[-1] == f"-# {samples.ORDER_ID} · {TOKEN}"
