"""Words over columns, in the languages that shops speak."""

import pytest

from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import Reading, reading, role


@pytest.mark.parametrize(
    "text",
    [
        "code", "CODES", "Key:", "# keys", "card_number", "cardNumber", "CD-Key", "Product Key", "gift card code",
        "Lizenzschlüssel", "Gutscheincode", "SERIENNUMMER", "Código", "clave", "Contraseña", "Clé", "Mot de passe",
        "N° de série", "chave", "Codice", "Sleutel", "wachtwoord", "Kod", "klucz", "hasło", "Kulcs", "jelszó", "Cod",
        "Nyckel", "lösenord", "koodi", "Ключ", "ПАРОЛЬ", "серийный номер", "Anahtar", "şifre", "ŞİFRE",
        "Mã thẻ", "mật khẩu",
        "kata sandi", "รหัสผ่าน", "पासवर्ड", "كلمة المرور", "סיסמה", "κωδικός", "代码", "激活码", "コード", "シリアル番号",
        "비밀번호", "쿠폰", "email", "E-Mail", "Price (USD)", "PIN", "Value", "价格",
    ],
)  # fmt: skip
def test_words_of_many_languages_read_like_a_heading(text: str) -> None:
    assert reading(text) is Reading.whole


@pytest.mark.parametrize(
    "text", ["", "RX7K-90", "CODE1", "key 2", "code@x", "x" * 81, "codec", "Starfall", "monkey business", "🔑", "a=b"]
)
def test_anything_else_does_not(text: str) -> None:
    assert reading(text) is Reading.none


@pytest.mark.parametrize("text", ["Steam keys", "KEY-ABCD", "Starfall codes"])
def test_some_of_it_may(text: str) -> None:
    assert reading(text) is Reading.part


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Card number", Role.code),
        ("PIN code", Role.companion),
        ("account password", Role.password),
        ("E-mail address", Role.account),
        ("Face value", Role.unsure),
        ("Purchase price of the key", Role.inside),
        ("customer e-mail", Role.inside),
        ("key 2", Role.code),
        ("No.", Role.number),
        ("充值卡密码", Role.password),
        ("blorp", None),
        ("", None),
    ],
)
def test_the_role_of_a_column_is_the_most_careful_that_its_name_says(name: str, kind: Role | None) -> None:
    assert role(name) is kind
