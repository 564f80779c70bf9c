"""Custom ids are an interface that outlives releases: these are the very texts that stand in Discord."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novacore.messages.kit import custom_ids
from novacore.messages.kit.custom_ids import CustomId, build, parse

ORDER = "NC-20260314-ACDEFG"

LASTING = [
    "nc:shop:category",
    "nc:shop:product",
    "nc:shop:categories:0",
    "nc:shop:shelf:3:1",
    "nc:shop:buy:7",
    "nc:shop:method:7:2",
    "nc:shop:method:7:2:0123456789",
    "nc:shop:method:7:2:abcdefabcd",
    "nc:shop:method:7:2:more",
    "nc:shop:method:7:2:0123456789:more",
    "nc:shop:method:7:2:0123456789:SUMMER-10",
    "nc:shop:method:7:2:0123456789:MORE:more",
    f"nc:shop:method:{2**63 - 1}:1000:0123456789:{'X' * 24}:more",
    "nc:shop:change:7:2",
    "nc:shop:change:7:2:SUMMER-10",
    "nc:shop:change:7:1000:ÄÖÜ",
    "nc:shop:look:7",
    "nc:answer:form",
    "nc:answer:form:7:2",
    "nc:answer:list:0",
    "nc:news:role",
    "nc:shop:notify:7",
    "nc:shop:forget_notify:7",
    "nc:stock:files:3",
    "nc:stock:heading:7",
    "nc:stock:columns:7",
    "nc:stock:confirm:7",
    "nc:stock:discard:7",
    "nc:stock:batches:7:0",
    "nc:stock:batch",
    "nc:stock:withdraw:7",
    "nc:stock:ask_free:7",
    "nc:stock:free:7:1772366400",
    "nc:product:form:3",
    "nc:product:goods:3",
    "nc:product:files:3",
    "nc:product:role:3",
    "nc:product:save:3",
    "nc:product:discard:3",
    "nc:product:look:3",
    "nc:product:shelves:0",
    "nc:product:category",
    "nc:product:shelf:3:1",
    "nc:product:pick",
    "nc:product:page:7",
    "nc:product:edit:7",
    "nc:product:ask_remove:7",
    "nc:product:remove:7",
    "nc:product:restore:7",
    "nc:product:up:7",
    "nc:product:down:7",
    "nc:category:up:3",
    "nc:category:down:3",
    *(f"nc:payment:{verb}:3" for verb in ("form", "save", "discard", "page", "edit", "hide", "show")),
    "nc:payment:list:0",
    "nc:shop:buy:7:3",
    "nc:shop:terms:3",
    "nc:shop:method:7:3:0123456789t12:SUMMER:more",
    "nc:text:edit:terms",
    "nc:text:pick",
    "nc:text:list:0",
    "nc:text:edit:how_it_works",
    "nc:text:reset:vouch:2",
    *(f"nc:text:{verb}:3" for verb in ("form", "save", "discard")),
    "nc:payment:pick",
    f"nc:order:submit_proof:{ORDER}",
    f"nc:order:cancel:{ORDER}",
    f"nc:order:cancel:{ORDER}:0",
    f"nc:order:cancel_now:{ORDER}",
    f"nc:order:cancel_now:{ORDER}:3",
    f"nc:order:keep:{ORDER}",
    f"nc:order:again:{ORDER}",
    f"nc:order:reveal:{ORDER}",
    f"nc:order:new_amount:{ORDER}",
    f"nc:order:approve:{ORDER}:1",
    f"nc:order:reject:{ORDER}:1",
    f"nc:order:ask_again:{ORDER}:1",
    f"nc:order:reinstate:{ORDER}",
    f"nc:order:reinstate:{ORDER}:2",
    f"nc:order:fulfil:{ORDER}:1",
    f"nc:order:retry_delivery:{ORDER}:1",
    f"nc:order:refund:{ORDER}:1",
    f"nc:order:details:{ORDER}",
    f"nc:order:details:{ORDER}:1",
    "nc:order:page:2",
    "nc:order:queue:0",
    f"nc:order:story:{ORDER}:0",
    f"nc:order:story:{ORDER}:2",
    f"nc:order:approve_amount:{ORDER}:1",
    f"nc:order:resend:{ORDER}:7",
    f"nc:order:replace_unit:{ORDER}:7",
    f"nc:order:return_money:{ORDER}:7",
    f"nc:order:receive_money:{ORDER}:7",
    "nc:proof:retry:7",
    "nc:person:blocks:1",
    "nc:person:notes:111111111111111111:0",
    f"nc:person:notes:{2**63 - 1}:100000:beside",
    "nc:person:page:111111111111111111",
    f"nc:person:page:{2**63 - 1}:beside",
    *(f"nc:person:{verb}:111111111111111111:2" for verb in ("orders", "tickets", "vouches")),
    *(f"nc:person:{verb}:111111111111111111" for verb in ("note", "block", "unblock")),
    f"nc:order:note:{ORDER}",
    "nc:order:found:111111111111111111:0:0:1",
    f"nc:order:found:{2**63 - 1}:{2**63 - 1}:{2**63 - 1}:100000",
    "nc:note:ask_remove:7",
    "nc:note:remove:7",
    "nc:discount:list:2",
    "nc:job:retry:17",
    "nc:job:retry_all:170",
    "nc:ticket:open:product_issue",
    "nc:ticket:open:refund_request",
    "nc:ticket:open:other",
    f"nc:ticket:open:product_issue:{ORDER}",
    "nc:ticket:close:T-17",
    "nc:ticket:claim:17",
    "nc:ticket:release:T-000017",
    "nc:ticket:transfer:T-000017",
    "nc:ticket:priority:T-000017",
    "nc:ticket:link_order:T-000017",
    "nc:ticket:waiting:2",
    "nc:ticket:ask_close:17",
    "nc:ticket:staff:T-000017",
    "nc:ticket:reopen:17",
    "nc:ticket:rate:17",
    f"nc:vouch:write:{ORDER}",
]

FORGED = [
    "",
    "nc",
    "nc:",
    "nc:shop",
    "nc:shop:",
    "nc::",
    "nd:shop:category",
    "NC:shop:category",
    "nc:shop:category:",
    "nc:shop:category:1",
    "nc:shop:buy",
    "nc:shop:buy:",
    "nc:shop:buy:0",
    "nc:shop:buy:-1",
    "nc:shop:buy:+1",
    "nc:shop:buy:01",
    "nc:shop:buy:1e9",
    "nc:shop:buy:٣",
    "nc:shop:buy: 1",
    "nc:shop:buy:9223372036854775808",
    "nc:shop:buy:7:0",
    "nc:shop:buy:7:7:7",
    "nc:shop:terms:0",
    "nc:shop:method:7:3:0123456789t0",
    "nc:shop:method:7:3:t12",
    "nc:stock:free:7",
    "nc:stock:free:7:0",
    "nc:stock:free:7:4294967296",
    "nc:shop:method:7:0",
    "nc:shop:method:7:1001",
    "nc:shop:method:7:2:",
    "nc:shop:method:7:2:012345678",
    "nc:shop:method:7:2:0123456789a",
    "nc:shop:method:7:2:ABCDEFABCD",
    "nc:shop:method:7:2:012345678g",
    "nc:shop:method:7:2:012345678٣",
    "nc:shop:method:7:2:012345678\n",
    "nc:shop:method:7:2:0123456789:1",
    "nc:shop:method:7:2:0123456789:summer",
    "nc:shop:method:7:2:SUMMER",
    f"nc:shop:method:7:2:0123456789:{'X' * 25}",
    "nc:shop:change:7",
    "nc:shop:change:7:2:",
    "nc:shop:change:7:2:a b",
    "nc:shop:change:7:2:summer",
    f"nc:shop:change:7:2:{'X' * 25}",
    f"nc:order:approve:{ORDER}",
    f"nc:order:approve:{ORDER}:-1",
    f"nc:order:approve:{ORDER}:1:1",
    f"nc:order:submit_proof:{ORDER}:1",
    "nc:order:submit_proof:NC-20260314-AAAAA!",
    "nc:order:submit_proof:' OR 1=1",
    f"nc:order:place:{ORDER}",
    f"nc:order:delivered:{ORDER}:1",
    f"nc:order:expire:{ORDER}",
    "nc:ticket:open:anything",
    "nc:ticket:open:product_issue:",
    "nc:ticket:open:product_issue:T-000017",
    f"nc:ticket:open:product_issue:{ORDER}:1",
    "nc:ticket:close:a b",
    "nc:ticket:close:" + "1" * 90,
    f"nc:order:cancel:{ORDER}" + " " * 80,
]


@pytest.mark.parametrize("text", LASTING)
def test_what_stands_in_discord_keeps_its_meaning(text: str) -> None:
    found = parse(text)
    assert found is not None
    assert found.text == text
    assert build(found.noun, found.verb, *found.args) == text


def test_the_list_above_names_every_custom_id_there_is() -> None:
    named = {(found.noun, found.verb) for found in map(parse, LASTING) if found}
    assert named == set(custom_ids._KNOWN)


@pytest.mark.parametrize("text", FORGED)
def test_what_the_shop_never_makes_means_nothing(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("nothing", [None, 7, b"nc:shop:category", ["nc:shop:category"]])
def test_what_is_no_text_means_nothing(nothing: object) -> None:
    assert parse(nothing) is None


@given(st.one_of(st.text(), st.lists(st.text(max_size=12), max_size=6).map(lambda parts: "nc:" + ":".join(parts))))
def test_any_text_is_read_or_refused_but_never_an_error(text: str) -> None:
    found = parse(text)
    assert found is None or parse(found.text) == found


def test_an_order_id_is_read_in_its_stored_form() -> None:
    found = parse(f"nc:order:cancel:{ORDER.lower()}:3")
    assert found == CustomId("order", "cancel", (ORDER, "3"))
    assert (found.order_id, found.round) == (ORDER, 3)


def test_the_buyers_button_names_no_round() -> None:
    found = parse(custom_ids.order("cancel", ORDER))
    assert found is not None
    assert found.round is None


@pytest.mark.parametrize("text", LASTING)
def test_the_log_is_marked_with_the_order_or_ticket_and_never_with_a_page_or_a_product(text: str) -> None:
    found = parse(text)
    assert found is not None
    ids = [part for part in text.split(":") if part in {ORDER, "T-17", "17", "T-000017"}]
    assert found.subject_id == (ids[0] if ids and found.noun in {"order", "vouch", "ticket"} else None)


def test_numbers_are_read_by_their_place() -> None:
    found = parse(build("shop", "method", 7, 20))
    assert found is not None
    assert (found.number(0), found.number(1)) == (7, 20)


@pytest.mark.parametrize("args", [("order", "approve", ORDER), ("shop", "buy", 0), ("shop", "sell"), ("shop", "a:b")])
def test_an_id_that_would_not_parse_back_is_not_made(args: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no custom id"):
        build(*args)
