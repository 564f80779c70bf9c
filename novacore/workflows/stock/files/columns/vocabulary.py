"""The words that people write over the columns of a stock file, in many languages, by what stands below them.

Data only; `words` reads it. Commas separate, and an entry may be a phrase of up to three words. Capitals and accents
don't count. Where a word means different things in two languages, the more careful role has it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What the cells of a column are, as far as its name says."""

    code = "code"
    """What a buyer redeems. One such column is enough for the goods."""
    companion = "companion"
    """Worth nothing without the code next to it, such as a PIN."""
    password = "password"  # noqa: S105 - a word, not a secret
    account = "account"
    """Goods together with a password; alone it may be anybody's address."""
    unsure = "unsure"
    """Could be goods or could be about them: a value, a name, a link."""
    inside = "inside"
    """The shop's own affair: what it paid, to whom, when, for which order. Never goods unless the owner says so."""
    number = "number"
    """A row's number, a product's name: not goods where another column is."""


_CODE = """
code, codes, key, keys, serial, serials, voucher, vouchers, coupon, coupons, license, licence, licenses, licences,
token, tokens, gift card, giftcard, gift cards, card number, card no, card, cards, activation, redeem, redemption,
cd key, cdkey, cdkeys, product key, product keys, promo, keycode, schlüssel, schluessel, gutschein, gutscheine,
lizenz, lizenzen, karte, karten, kartennummer, seriennummer, aktivierung, código, códigos, clave, claves, cupón,
cupones, serie, tarjeta, licencia, vale, número de serie, número de tarjeta, clé, clés, clef, clefs, carte, bon,
série, numéro de série, numéro de carte, chèque cadeau, chave, chaves, cartão, cupom, licença, número do cartão,
codice, codici, chiave, chiavi, seriale, buono, buoni, carta, licenza, numero di serie, numero carta, sleutel,
sleutels, kaart, kaartnummer, serienummer, tegoedbon, licentie, kod, kody, kodu, klucz, klucze, kupon, kupony, karta,
licencja, numer seryjny, numer karty, klíč, klíče, kľúč, kulcs, kulcsok, cod, coduri, cheie, chei, kode, koder, koda,
nyckel, nycklar, nøgle, nøgler, nøkkel, nøkler, gavekort, presentkort, koodi, koodit, avain, avaimet, lahjakortti,
код, коды, кодов, ключ, ключи, ключей, ваучер, ваучеры, купон, купоны, карта, карты, лицензия, активация, промокод,
серийный номер, номер карты, ліцензія, anahtar, anahtarı, anahtarlar, lisans, kart, seri no, seri numarası, mã,
mã thẻ, khóa, số seri, kunci, lisensi, รหัส, โค้ด, คีย์, कोड, कुंजी, كود, أكواد, رمز, رموز, مفتاح, مفاتيح, قسيمة,
כרטיס, קוד, קודים, מפתח, שובר, κωδικός, κωδικοί, κλειδί, κλειδιά, カード, 代码, 代碼, 兑换码, 兌換碼, 激活码, 啟用碼,
密钥, 金鑰, 卡号, 卡號, 卡密, 序列号, 序號, 券码, 礼品卡, 注册码, コード, キー, シリアル, クーポン, ギフト券,
ライセンス, プロダクトキー, 코드, 키, 시리얼, 쿠폰, 카드번호, 상품권, 라이선스
"""
_COMPANION = """
pin, pins, pin code, pincode, puk, cvv, cvc, security code, scratch, control code, check digits, backup code,
backup codes, recovery, recovery code, recovery email, recovery mail, totp, otp, mfa, secret, authenticator,
prüfziffer, prüfzahl, prüfnummer, kontrollnummer, geheimzahl, geheimcode, código de seguridad, code secret,
code de sécurité, código secreto, пин, пины, пин код, أرقام سرية, 安全码, 暗証番号, ピン, 핀, 핀번호
"""
_WORDS_FOR_PASSWORDS = """
password, passwords, pass, passwd, pwd, pw, passphrase, kennwort, passwort, passwörter, contraseña, contraseñas,
mot de passe, mots de passe, mdp, senha, senhas, parola, parole, wachtwoord, wachtwoorden, hasło, hasła, heslo,
jelszó, parolă, lösenord, adgangskode, passord, salasana, пароль, пароли, şifre, şifreler, mật khẩu, kata sandi,
sandi, รหัสผ่าน, पासवर्ड, كلمة المرور, كلمة السر, סיסמה, συνθηματικό, 密码, 密碼, 口令, パスワード, 비밀번호, 암호
"""
_ACCOUNT = """
email, emails, e mail, mail, mails, login, logins, user, users, username, usernames, user name, userid, account,
accounts, handle, nick, nickname, benutzer, benutzername, nutzername, konto, konten, anmeldename, zugang,
zugangsdaten, correo, correo electrónico, usuario, cuenta, courriel, utilisateur, identifiant, compte, adresse mail,
usuário, conta, utente, nome utente, gebruiker, gebruikersnaam, użytkownik, nazwa użytkownika, uživatel, felhasználó,
utilizator, användare, användarnamn, bruger, brugernavn, bruker, brukernavn, käyttäjä, käyttäjätunnus, sähköposti,
tunnus, почта, логин, логины, аккаунт, аккаунты, пользователь, kullanıcı, kullanıcı adı, hesap, e posta, eposta,
tài khoản, akun, pengguna, บัญชี, ชื่อผู้ใช้, อีเมล, ईमेल, حساب, حسابات, اسم المستخدم, البريد, بريد, חשבון, משתמש,
אימייל, λογαριασμός, χρήστης, 账号, 帐号, 帳號, 账户, 用户名, 邮箱, 電子郵件, アカウント, ユーザー, メール,
メールアドレス, 계정, 아이디, 이메일
"""
_UNSURE = """
value, values, amount, balance, denomination, face value, nominal, worth, credit, credits, expires, expiry,
expiration, valid, until, validity, name, names, region, platform, type, kind, plan, tier, level, server, country,
language, link, links, url, urls, website, phone, mobile, description, text, content, data, info, details, good,
goods, deliverable, wert, betrag, guthaben, ablauf, gültig, gültig bis, valor, importe, saldo, caducidad, nombre,
enlace, valeur, montant, solde, nom, lien, validade, nome, valore, importo, scadenza, waarde, bedrag, naam, geldig,
wartość, kwota, nazwa, ważny, hodnota, částka, název, érték, összeg, név, valoare, sumă, nume, värde, belopp, namn,
værdi, beløb, navn, verdi, arvo, nimi, summa, номинал, сумма, баланс, значение, имя, название, ссылка, срок, регион,
değer, tutar, bakiye, isim, giá trị, tên, nilai, nama, มูลค่า, ชื่อ, मूल्य, قيمة, القيمة, اسم, ערך, שם, αξία, όνομα,
面值, 金额, 金額, 余额, 名称, 链接, 有效期, 到期, 过期, 时间, 額面, 残高, 名前, 名, 期限, 値, 값, 금액, 이름, 링크,
기간, 만료
"""
_INSIDE = """
price, prices, cost, costs, purchase, purchased, buy, buying, bought, paid, pay, supplier, suppliers, vendor, seller,
source, margin, profit, fee, fees, tax, vat, currency, buyer, customer, client, order, orders, invoice, sold, used,
status, state, date, dates, added, created, updated, time, timestamp, note, notes, comment, comments, remark, remarks,
memo, quantity, qty, count, stock, sum, total, usd, eur, gbp, preis, preise, einkauf, einkaufspreis, ek, kosten,
lieferant, gewinn, kunde, bestellung, rechnung, verkauft, benutzt, datum, notiz, notizen, bemerkung, bemerkungen,
kommentar, anzahl, menge, bestand, währung, summe, precio, precios, coste, costo, costes, compra, proveedor, cliente,
pedido, fecha, nota, notas, comentario, cantidad, vendido, moneda, estado, prix, coût, achat, fournisseur, commande,
remarque, commentaire, quantité, vendu, devise, preço, preços, custo, fornecedor, data, quantidade, prezzo, prezzi,
acquisto, fornitore, ordine, quantità, venduto, prijs, prijzen, kostprijs, inkoop, inkoopprijs, leverancier, klant,
bestelling, opmerking, aantal, verkocht, cena, ceny, koszt, zakup, dostawca, klient, zamówienie, uwagi, ilość, nákup,
dodavatel, zákazník, poznámka, množství, ár, beszerzési ár, megjegyzés, dátum, preț, furnizor, notă, pris, priser,
köp, inköpspris, leverantör, kund, anteckning, antal, købspris, leverandør, hinta, hankintahinta, toimittaja, asiakas,
päiväys, huomautus, цена, цены, закупка, закупочная, стоимость, себестоимость, поставщик, клиент, покупатель, заказ,
дата, примечание, комментарий, количество, статус, валюта, ціна, fiyat, fiyatı, maliyet, alış, tedarikçi, müşteri,
sipariş, tarih, not, notlar, adet, durum, giá, giá nhập, ngày, ghi chú, số lượng, harga, biaya, tanggal, catatan,
jumlah, ราคา, วันที่, หมายเหตุ, कीमत, سعر, السعر, تكلفة, تاريخ, ملاحظة, מחיר, עלות, תאריך, הערה, τιμή, κόστος,
ημερομηνία, σημείωση, 价格, 價格, 成本, 进价, 供应商, 日期, 备注, 數量, 数量, 状态, 订单, 価格, 値段, 原価, 仕入,
日付, 備考, 가격, 원가, 날짜, 비고, 수량, 메모
"""
_NUMBER = """
id, ids, nr, no, num, number, numbers, index, idx, row, rows, line, lines, product, products, item, items, title,
game, games, category, sku, list, column, batch, nummer, zeile, produkt, artikel, spiel, liste, spalte, número,
numero, producto, artículo, juego, lista, numéro, produit, article, jeu, produto, jogo, prodotto, gioco, spel, numer,
gra, položka, termék, номер, товар, товары, продукт, игра, список, ürün, oyun, số, sản phẩm, produk, สินค้า, منتج,
رقم, מספר, מוצר, προϊόν, 编号, 編號, 产品, 產品, 商品, 游戏, 番号, ゲーム, 제품, 게임, 번호
"""

VOCABULARY: Final[Mapping[Role, str]] = {
    Role.inside: _INSIDE,
    Role.unsure: _UNSURE,
    Role.companion: _COMPANION,
    Role.password: _WORDS_FOR_PASSWORDS,
    Role.code: _CODE,
    Role.account: _ACCOUNT,
    Role.number: _NUMBER,
}
"""The most careful first: where a name says several things, such as "purchase price of key", the first one counts."""

FILLERS: Final = """
of, the, a, an, and, or, for, my, our, your, new, all, gift, full, der, die, das, für, und, von, pro, de, del, la, el,
le, les, des, du, d, l, n, et, y, e, do, da, di, per, van, het, en, i, w, na, и, для, на, в, to, in, by, unit, digital,
store, shop, address, adresse
"""
"""Words that may stand between the others and say nothing by themselves."""
