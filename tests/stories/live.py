"""A live shop in processes of its own, on the stand-in for Discord, and the people before it. For the stories here."""

import os
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Self

import discord

from novacore.crypto import new_key
from novacore.discord_facts.command_bits import FOR_OWNER, FOR_STAFF
from novacore.media.artwork import sample_receipt
from novacore.states import PaymentMethod
from tests.fixtures.servers.processes import running, wait_until
from tests.wire.people import Person, Reply
from tests.wire.stand_in import Wire
from tests.wire.world.state import Message

NOVACORE = str(Path(sys.executable).with_name("novacore"))
CELERY = (str(Path(sys.executable).with_name("celery")), "-A", "novacore.tasks.queue.app")

CHANNELS = {
    "MAIN_CHANNEL_ID": "shop",
    "STAFF_CHANNEL_ID": "staff",
    "PUBLIC_LOG_CHANNEL_ID": "purchases",
    "VOUCH_CHANNEL_ID": "vouches",
    "TICKET_PANEL_CHANNEL_ID": "support",
}
ADDRESSES = {method.row.setting.upper(): method.row.example for method in PaymentMethod}
REFERENCE = "9AB12345CD678901E"
PRODUCT = "Starfall Odyssey key"
PATIENCE = 60.0
"""Seconds for anything to appear: five processes that start on a busy machine take their time."""
CODE = "SAMPLE-"
"""How every code of that product begins."""


class Process:
    """A command that runs; what it says goes to its log."""

    def __init__(self, popen: "Popen[bytes]", log: Path) -> None:
        self.popen, self.path = popen, log

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self.path.read_text(errors="replace")

    def wait_for(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until it has said so; fails with its log."""
        wait_until(lambda: words in self.log, self.popen, log=self.path, seconds=seconds)

    def kill(self) -> None:
        """Kill it as `kill -9` does."""
        self.popen.kill()
        self.popen.wait()


class LiveShop:
    """The server, its people, and the processes that a story starts. Leave it as a context, and they end."""

    def __init__(self, wire: Wire, folder: Path, settings: Mapping[str, str], *, fresh: bool = False) -> None:
        self.wire, self.folder, self._fresh = wire, folder, fresh
        # How fast presses are acknowledged is measured elsewhere; a busy machine must not spoil a story.
        wire.world.ack_window = 30.0
        sees = {"Customer": 0, "Staff": FOR_STAFF.value, "Owner": FOR_STAFF.value | FOR_OWNER.value}
        self.roles = {name: wire.add_role(name, permissions) for name, permissions in sees.items()}
        self.channels = {name: wire.add_channel(name) for name in CHANNELS.values()}
        self._close_staff_channel()
        sam = wire.add_user("sam", roles=(self.roles["Staff"],))
        self.buyer = Person(wire, wire.add_user("alice"), self.channels["shop"], PATIENCE)
        self.staff = Person(wire, sam, self.channels["staff"], PATIENCE)
        self.settings = {**self._settings(), **settings}
        self._stack = ExitStack()
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _close_staff_channel(self) -> None:
        view, staff = discord.Permissions(view_channel=True).value, self.channels["staff"]
        self.wire.set_overwrite(staff, self.wire.guild_id, deny=view)
        for target in (self.roles["Staff"], self.wire.bot_id):
            self.wire.set_overwrite(staff, target, allow=view)

    def _settings(self) -> dict[str, str]:
        return {
            **ADDRESSES,
            **{setting: str(self.channels[name]) for setting, name in CHANNELS.items()},
            "TICKET_CATEGORY_ID": str(self.wire.add_category("tickets")),
            "CUSTOMER_ROLE_ID": str(self.roles["Customer"]),
            "STAFF_ROLE_IDS": str(self.roles["Staff"]),
            "OWNER_ROLE_ID": str(self.roles["Owner"]),
            "DISCORD_TOKEN": self.wire.token,
            "DISCORD_API_URL": self.wire.url,
            "DATABASE_PATH": str(self.folder / "data" / "shop.db"),
            "LOG_DIR": str(self.folder / "logs"),
            "SECRET_KEY": new_key(),
        }

    # The processes.

    def start(self, *command: str, by_file: bool = False, umask: int = -1) -> Process:
        """Start a command with the shop's settings: in its environment, or `by_file` in the .env of its folder."""
        log = self.folder / f"process-{len(self._processes)}.log"
        environment = dict(os.environ) if by_file else self.environment()
        if by_file:
            self.write_env_file()
        popen = self._stack.enter_context(
            running(command, log=log, fresh=self._fresh, umask=umask, cwd=self.folder, env=environment)
        )
        self._processes.append(Process(popen, log))
        return self._processes[-1]

    def run(self, *command: str, by_file: bool = False, umask: int = -1) -> str:
        """Run a command to its end, which has to be a good one; what it said."""
        process = self.start(*command, by_file=by_file, umask=umask)
        assert process.popen.wait(60) == 0, process.log
        return process.log

    def environment(self) -> dict[str, str]:
        """The environment of a process, with the shop's settings in it."""
        return {**os.environ, **self.settings}

    def write_env_file(self) -> None:
        """Write the settings as an owner keeps them."""
        path = self.folder / ".env"
        path.write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))
        path.chmod(0o600)

    # The people.

    def owner(self) -> Person:
        """Olga, the owner, whom Discord shows the commands of administrators. To be asked for once."""
        sees_commands = self.wire.add_role("Administrator", discord.Permissions(administrator=True).value)
        olga = self.wire.add_user("olga", roles=(self.roles["Owner"], sees_commands))
        return Person(self.wire, olga, self.channels["staff"], PATIENCE)

    def panel(self) -> Message:
        """Wait for the shop's panel, and return the newest. Fails with the log of a process that has died meanwhile."""

        def is_posted() -> bool:
            for each in self._processes:
                assert each.popen.poll() in (None, 0, -signal.SIGKILL), each.log
            return bool(self.wire.messages(self.channels["shop"]))

        self.wire.wait_for(is_posted, PATIENCE, "the panel")
        return self.wire.messages(self.channels["shop"])[-1]

    def order(self, method: str = "PayPal") -> Reply:
        """The buyer goes from the panel to the payment instructions."""
        alice = self.buyer
        shelf = alice.choose(self.panel(), "Games")
        page = alice.choose(shelf, PRODUCT)
        methods = alice.submit(alice.press(page, "Buy"), quantity="1")
        return alice.choose(methods, method)

    def pay(self, order: Reply, reference: str = REFERENCE) -> Reply:
        """The buyer sends a proof."""
        form = self.buyer.press(order, "Send payment proof")
        proof = sample_receipt("19.99 USD", ADDRESSES["PAYPAL_EMAIL"], reference)
        return self.buyer.submit(form, proof=("paid.png", proof), reference=reference)

    def approve(self) -> Reply:
        """Sam looks at the newest card and approves."""
        card = self.staff.await_message(self.channels["staff"], PRODUCT)
        return self.staff.press(card, "Approve")

    def goods(self) -> list[Message]:
        """The DMs of Alice that hold a code."""
        return [each for each in self.buyer.dms() if CODE in each.text]


def stop(processes: Iterable[Process], seconds: float = 60.0) -> None:
    """Send SIGTERM to all; each has to end by itself and in good order, however busy the machine is."""
    everyone = list(processes)
    for each in everyone:
        each.popen.send_signal(signal.SIGTERM)
    for each in everyone:
        assert each.popen.wait(seconds) == 0, each.log
