"""`novacore audit`: one line and 0 for clean books, else a list with what to do and 1; opens no goods."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from novacore import cli, crypto
from novacore.db.models import Order
from novacore.db.unit_of_work import writing
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import ProductMaker
from tests.workflows.machine import lives


@pytest.fixture
def folder(shop: Shop, shop_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose settings name the database of the test's shop, with no key in it."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_PATH": str(shop.database.engine.url.database), "LOG_DIR": "logs"}.items():
        monkeypatch.setenv(name, value)
    if not shop.database.is_sqlite:
        monkeypatch.setenv("DATABASE_URL", shop_url.replace("+psycopg", ""))
        monkeypatch.setenv("SECRET_KEY", crypto.new_key())
    return tmp_path


def test_clean_books_are_one_line(
    folder: Path, shop: Shop, make_product: ProductMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    lives.submit(shop, lives.place(shop, make_product(units=3)))
    assert cli.main(["audit"]) == 0
    assert capsys.readouterr().out == "The books are clean: 20 checks, nothing wrong.\n"
    assert [*folder.glob("*.key")] == [], "no key was made"


def test_faults_are_listed_with_what_to_do(
    folder: Path, shop: Shop, make_product: ProductMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    order = lives.place(shop, make_product(units=3))
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).values(total_minor=1))
    assert cli.main(["audit"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert f"FAULT Totals 1 order has a total that doesn't match its units minus the discount: {order.id} (1)." in said
    assert said.endswith(
        "-> Read `/details` of each order, and settle the difference with the customer. 1 fault to fix."
    )
    assert cli.main(["audit", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["exit_code"], told["faults"], len(told["findings"])) == (1, 1, 20)


def test_without_a_database_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_PATH", "none.db")
    monkeypatch.setenv("LOG_DIR", "logs")
    assert cli.main(["audit"]) == 1
    assert "There is no database yet" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()
