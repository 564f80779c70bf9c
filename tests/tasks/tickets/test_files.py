"""Files for which a page has no room go out in messages of their own; what nobody can send is named."""

import base64
import html
from itertools import pairwise

import discord
import pytest

from novacore.tasks.discord import media
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import Work, WorkWith
from novacore.tasks.tickets import files
from tests.fixtures.shops import MovableClock
from tests.tasks.help_desk import (
    channel_of,
    closing,
    files_beside,
    kept,
    kill_in_flight,
    opened,
    says,
    stored,
    ticket_channels,
    transcripts_at,
)
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop, Hold
from tests.workflows.machine import lives

MB = 1_000_000
SEND = ("POST", "/channels/*/messages")
BOTH = ("staff", "customer")


def picture(size: int, mark: int = 0) -> bytes:
    """Something that begins like a picture; no two are alike."""
    return b"\x89PNG\r\n\x1a\n" + bytes([mark]) * (size - 8)


def uploads(town: Town, *contents: bytes, name: str = "shot{}.png") -> None:
    """The customer uploads these, one a message; staff close the ticket."""
    ticket = opened(town)
    for number, content in enumerate(contents):
        says(town, ticket, town.customer.id or 0, "Look", files={name.format(number): content})
    closing(town, ticket)


def close(town: Town, *contents: bytes, name: str = "shot{}.png") -> str:
    """Do so, and let all of it happen; the page."""
    uploads(town, *contents, name=name)
    town.work()
    assert ticket_channels(town) == []
    ticket = stored(town, "T-000001")
    return html.unescape(kept(town, ticket).html.decode())


def test_two_pictures_of_4_mb_reach_both(town: Town) -> None:
    first, second = picture(4 * MB, 1), picture(4 * MB, 2)
    page = close(town, first, second)
    assert base64.b64encode(first).decode() in page
    assert "shot1.png (4.0 MB): not kept in this page, it comes in a message of its own" in page
    for where in BOTH:
        assert files_beside(town, where) == [[second]]


def test_ten_pictures_of_9_mb_reach_both(town: Town) -> None:
    pictures = [picture(9 * MB, number) for number in range(10)]
    page = close(town, *pictures)
    assert page.count("in a message of its own") == 10
    for where in BOTH:
        assert files_beside(town, where) == [[one] for one in pictures]
    assert any("Files from ticket #1 (10 of 10)" in one for one in town.dms())


def test_small_ones_share_a_message(town: Town) -> None:
    pictures = [picture(2 * MB, number) for number in range(9)]
    close(town, *pictures)
    for where in BOTH:
        inside = files_beside(town, where)
        assert [len(one) for one in inside] == [4, 2]
        assert [one for message in inside for one in message] == pictures[3:]


def test_no_message_is_larger_than_discord_takes(town: Town) -> None:
    close(town, *(picture(3 * MB, number) for number in range(8)), *(b"x" * 900_000 for _ in range(4)))
    for where in BOTH:
        messages = (
            town.wire.messages(town.places.staff_channel_id)
            if where == "staff"
            else town.wire.dms(town.customer.id or 0)
        )
        assert max(sum(map(len, one.files.values())) for one in messages) <= 10 * 1024 * 1024


def test_a_page_of_many_words_still_holds_what_it_has_room_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_MESSAGE", 60_000)
    small, large = picture(9_000, 1), picture(40_000, 2)
    page = close(town, small, large)
    assert base64.b64encode(small).decode() in page
    assert len(page) < 60_000
    assert files_beside(town, "staff") == [[large]]


def test_the_lease_begins_again_before_each_file(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may take as long as a lease lasts; without that, another worker would take the ticket meanwhile."""
    happened: list[str] = []
    renew, read_file = WorkWith.renew, media.read_file

    def renewing(work: Work) -> None:
        happened.append("renewed")
        renew(work)

    def reading(calls: Calls, attachment: discord.Attachment) -> bytes | None:
        happened.append("read")
        return read_file(calls, attachment)

    monkeypatch.setattr(WorkWith, "renew", renewing)
    monkeypatch.setattr(media, "read_file", reading)
    close(town, picture(1_000, 1), picture(1_000, 2), picture(9 * MB, 3))
    assert happened.count("read") >= 3
    assert all(before == "renewed" for before, what in pairwise(["", *happened]) if what == "read")


# ---- what nobody can send


def test_what_is_too_large_for_a_bot_is_named_to_both(town: Town) -> None:
    town.wire.world.file_limit = 50 * MB  # they pay Discord for it
    page = close(town, picture(12 * MB), name="video{}.mp4")
    assert "video0.mp4 (12.0 MB): not kept, we can't send files of this size" in page
    for texts in (town.staff_channel(), town.dms()):
        assert any("could not be kept" in one and "video0.mp4 (12.0 MB)" in one for one in texts)


def test_there_is_an_end_to_what_one_ticket_sends(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 15 * MB)
    page = close(town, *(picture(7 * MB, number) for number in range(4)))
    assert page.count("in a message of its own") == 2
    assert page.count("we can't send files of this size") == 2
    assert len(files_beside(town, "staff")) == 2
    assert any("shot3.png (7.0 MB)" in one for one in town.staff_channel())


def test_a_server_that_takes_less_than_discord_says_is_told_of(town: Town) -> None:
    uploads(town, picture(7 * MB, 1), picture(8 * MB, 2))
    town.wire.world.file_limit = 7_500_000
    town.work()
    assert ticket_channels(town) == []
    for where, texts in (("staff", town.staff_channel()), ("customer", town.dms())):
        assert files_beside(town, where) == [[picture(7 * MB, 1)]]
        assert any("does not take these" in one and "shot1.png (8.0 MB)" in one for one in texts)


def test_of_a_batch_that_is_refused_each_file_is_tried_alone(town: Town) -> None:
    first, second = picture(2 * MB, 2), picture(3 * MB, 3)
    uploads(town, picture(5 * MB, 1), first, second)
    refused = town.wire.fault(*SEND, Answer(413, 40005), nth=3)
    town.work()
    assert refused.hits
    assert files_beside(town, "staff") == [[first], [second]]
    assert files_beside(town, "customer") == [[first, second]]
    assert ticket_channels(town) == []


def test_a_file_that_is_deleted_before_it_is_sent_is_named(town: Town) -> None:
    uploads(town, picture(8 * MB, 1), picture(9 * MB, 2))
    (job_id,) = town.due("archive_ticket")
    runner.run(town.runtime, job_id)
    channel = channel_of(stored(town, "T-000001"))
    town.wire.ask(lambda world: world.channel(channel).messages.pop(max(world.channel(channel).messages)))
    town.work()
    for where, texts in (("staff", town.staff_channel()), ("customer", town.dms())):
        assert files_beside(town, where) == [[picture(8 * MB, 1)]]
        assert any("deleted in Discord before" in one and "shot1.png" in one for one in texts)
    assert ticket_channels(town) == []


def test_a_customer_with_closed_dms_holds_no_file_up(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    close(town, picture(8 * MB, 1))
    assert files_beside(town, "staff") == [[picture(8 * MB, 1)]]
    assert town.dms() == []


def test_a_code_in_a_large_text_file_is_hidden(town: Town) -> None:
    town.delivered()
    log = b"nothing to see\n" * 500_000 + b"my code is SECRET-1-0\n"
    close(town, log, name="SECRET-1-0-{}.log")
    for where in BOTH:
        ((content,),) = files_beside(town, where)
        assert content == log.replace(b"SECRET-1-0", "••••".encode())
    told = repr([lives.snapshot(town.shop)[name] for name in ("transcripts", "sends", "jobs", "events")])
    assert "SECRET-1-0" not in told + "".join(town.staff_channel())
    assert [one for one in town.dms() if "Files from ticket #1" in one and "••••-0.log" in one]


# ---- what breaks


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
@pytest.mark.parametrize("nth", [3, 4], ids=["to staff", "to the customer"])
def test_a_worker_killed_while_it_sends_a_file_sends_each_once(
    town: Town, shop_url: str, nth: int, taken: bool
) -> None:
    uploads(town, picture(8 * MB, 1), picture(9 * MB, 2))
    (job_id,) = town.due("archive_ticket")
    runner.run(town.runtime, job_id)
    (job_id,) = town.due("send_transcript")
    town.wire.world.nonce_window = 0
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken), nth=nth))
    assert ticket_channels(town) == ["ticket-0001"]
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    town.work()
    for where in BOTH:
        assert files_beside(town, where) == [[picture(8 * MB, 1)], [picture(9 * MB, 2)]]
        assert len(transcripts_at(town, where)) == 1
    assert ticket_channels(town) == []


@pytest.mark.parametrize("route", [SEND, ("GET", "/attachments/*/*/*"), ("GET", "/channels/*/messages/*")])
@pytest.mark.parametrize("fault", [Answer(503), Drop(taken=True)], ids=["503", "line"])
def test_a_bad_moment_is_waited_out(
    town: Town, time: MovableClock, route: tuple[str, str], fault: Answer | Drop
) -> None:
    uploads(town, picture(8 * MB, 1))
    (job_id,) = town.due("archive_ticket")
    runner.run(town.runtime, job_id)
    town.wire.fault(*route, fault, nth=3 if route is SEND else 1)
    for _ in range(5):
        town.work()
        time.move(minutes=10)
    assert fault.hits
    for where in BOTH:
        assert files_beside(town, where) == [[picture(8 * MB, 1)]]
    assert ticket_channels(town) == []


def test_files_that_are_out_are_not_sent_again_with_a_late_word(town: Town) -> None:
    uploads(town, picture(8 * MB, 1))
    for name in ("archive_ticket", "send_transcript"):
        (job_id,) = town.due(name)
        runner.run(town.runtime, job_id)
    ticket = stored(town, "T-000001")
    says(town, ticket, town.customer.id or 0, "One more", files={"late.png": picture(9 * MB, 2)}, heard=False)
    town.work()
    for where in BOTH:
        assert len(transcripts_at(town, where)) == 2
        assert files_beside(town, where) == [[picture(8 * MB, 1)], [picture(9 * MB, 2)]]
    assert ticket_channels(town) == []
