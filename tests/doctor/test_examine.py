"""The whole examination: what it looks at, by the command and by the bot."""

from contextlib import closing
from pathlib import Path

from novacore.db import schema
from novacore.db.engine import Database
from novacore.doctor import examine
from novacore.settings import rehearsal_settings
from novacore.states import PaymentMethod


def test_it_looks_at_settings_ways_to_pay_disks_files_and_the_database(tmp_path: Path) -> None:
    settings = rehearsal_settings(tmp_path, {"SOL_ADDRESS": "off"})
    with closing(Database(settings.database_url.render_as_string(hide_password=False))) as database:
        schema.migrate(database)
        found = examine.shop(settings, database, None)
    assert {"Settings", "Ways to pay", "Disk", "Database", "Workers", "Key"} <= {each.about for each in found}
    on = ", ".join(one.row.short for one in PaymentMethod if one is not PaymentMethod.sol)
    assert [one.text for one in found if one.about == "Ways to pay"] == [f"On: {on}. Off: SOL."]
