"""The tables, a noun a file. Import them from here, so that the metadata is always whole."""

from novacore.db.models.answers import CannedAnswer
from novacore.db.models.catalog.drafts import ProductDraft
from novacore.db.models.catalog.files import DraftFile, GoodsFile, GoodsFilePart, VersionFile
from novacore.db.models.catalog.news import ProductNews
from novacore.db.models.catalog.products import Category, GoodsVersion, Picture, Product
from novacore.db.models.catalog.stock import StagedPart, StagedText, StockBatch, Unit
from novacore.db.models.catalog.waiting_list import StockWait
from novacore.db.models.events import Event
from novacore.db.models.exports import Export
from novacore.db.models.jobs import Job, JobAttempt, Send, UsedKey
from novacore.db.models.legacy import LegacyImport, LegacySource
from novacore.db.models.notes import StaffNote
from novacore.db.models.orders.contests import Contest, ContestedProof, ContestedProofFile
from novacore.db.models.orders.discounts import Discount, DiscountUse
from novacore.db.models.orders.kept_proofs import KeptProof
from novacore.db.models.orders.orders import Order
from novacore.db.models.orders.own_methods import OwnMethod, OwnMethodDraft
from novacore.db.models.orders.payments import AmountClaim, CoinRate, EvidenceClaim, LedgerEntry
from novacore.db.models.orders.proofs import Proof, ProofFile, ProofLikeness
from novacore.db.models.orders.vouches import Rating, Vouch
from novacore.db.models.people import Person
from novacore.db.models.reports import (
    DailyFigures,
    DailyMethods,
    DailyProducts,
    DailyRatings,
    DailyTickets,
    DailyWaits,
    DayToRoll,
    Report,
    ReportPicture,
)
from novacore.db.models.shop import Card, PrivatePage, ShopFact, ToldFinding
from novacore.db.models.texts import OwnText, TermsVersion, TextDraft
from novacore.db.models.tickets import Ticket, TicketMessage, Transcript

__all__ = [
    "AmountClaim",
    "CannedAnswer",
    "Card",
    "Category",
    "CoinRate",
    "Contest",
    "ContestedProof",
    "ContestedProofFile",
    "DailyFigures",
    "DailyMethods",
    "DailyProducts",
    "DailyRatings",
    "DailyTickets",
    "DailyWaits",
    "DayToRoll",
    "Discount",
    "DiscountUse",
    "DraftFile",
    "Event",
    "EvidenceClaim",
    "Export",
    "GoodsFile",
    "GoodsFilePart",
    "GoodsVersion",
    "Job",
    "JobAttempt",
    "KeptProof",
    "LedgerEntry",
    "LegacyImport",
    "LegacySource",
    "Order",
    "OwnMethod",
    "OwnMethodDraft",
    "OwnText",
    "Person",
    "Picture",
    "PrivatePage",
    "Product",
    "ProductDraft",
    "ProductNews",
    "Proof",
    "ProofFile",
    "ProofLikeness",
    "Rating",
    "Report",
    "ReportPicture",
    "Send",
    "ShopFact",
    "StaffNote",
    "StagedPart",
    "StagedText",
    "StockBatch",
    "StockWait",
    "TermsVersion",
    "TextDraft",
    "Ticket",
    "TicketMessage",
    "ToldFinding",
    "Transcript",
    "Unit",
    "UsedKey",
    "VersionFile",
    "Vouch",
]
