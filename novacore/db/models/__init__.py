"""The tables, a noun a file. Import them from here, so that the metadata is always whole."""

from novacore.db.models.catalog import Category, GoodsVersion, Picture, Product
from novacore.db.models.events import Event
from novacore.db.models.jobs import Job, JobAttempt, Send
from novacore.db.models.orders import Order
from novacore.db.models.payments import EvidenceClaim, LedgerEntry
from novacore.db.models.people import Person
from novacore.db.models.proofs import Proof, ProofFile, ProofLikeness
from novacore.db.models.shop import Card, ShopFact
from novacore.db.models.stock import StockBatch, Unit
from novacore.db.models.tickets import Ticket, TicketMessage, Transcript
from novacore.db.models.vouches import Rating, Vouch

__all__ = [
    "Card",
    "Category",
    "Event",
    "EvidenceClaim",
    "GoodsVersion",
    "Job",
    "JobAttempt",
    "LedgerEntry",
    "Order",
    "Person",
    "Picture",
    "Product",
    "Proof",
    "ProofFile",
    "ProofLikeness",
    "Rating",
    "Send",
    "ShopFact",
    "StockBatch",
    "Ticket",
    "TicketMessage",
    "Transcript",
    "Unit",
    "Vouch",
]
