"""What the bot adds when it starts: the slash commands, a Cog for each stem, and what is heard in tickets' channels."""

from novacore.bot.cogs.catalog.payments import PaymentsCog
from novacore.bot.cogs.catalog.products import ProductsCog
from novacore.bot.cogs.catalog.shelf import ShelfCog
from novacore.bot.cogs.catalog.shop import ShopCog
from novacore.bot.cogs.catalog.texts import TextsCog
from novacore.bot.cogs.desk_cog import DeskCog
from novacore.bot.cogs.help import HelpCog
from novacore.bot.cogs.orders.blocks import BlocksCog
from novacore.bot.cogs.orders.customers import CustomersCog
from novacore.bot.cogs.orders.discounts import DiscountsCog
from novacore.bot.cogs.orders.orders import OrdersCog
from novacore.bot.cogs.orders.rates import RatesCog
from novacore.bot.cogs.orders.review import ReviewCog
from novacore.bot.cogs.orders.statements import StatementsCog
from novacore.bot.cogs.orders.vouches import VouchesCog
from novacore.bot.cogs.reports.audit import AuditCog
from novacore.bot.cogs.reports.doctor import DoctorCog
from novacore.bot.cogs.reports.exports import ExportsCog
from novacore.bot.cogs.reports.reports import ReportsCog
from novacore.bot.cogs.tickets.answers import AnswersCog
from novacore.bot.cogs.tickets.tickets import TicketsCog

COGS: tuple[type[DeskCog], ...] = (
    ShopCog,
    OrdersCog,
    ProductsCog,
    PaymentsCog,
    ReviewCog,
    BlocksCog,
    DoctorCog,
    VouchesCog,
    TicketsCog,
    ExportsCog,
    ReportsCog,
    RatesCog,
    StatementsCog,
    DiscountsCog,
    TextsCog,
    ShelfCog,
    HelpCog,
    CustomersCog,
    AuditCog,
    AnswersCog,
)
"""Those with slash commands, in the order in which Discord gets them: another order would be told to it again."""
