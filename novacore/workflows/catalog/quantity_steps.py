"""The owner gives something off to whoever orders more of a product. Orders keep what they were placed with."""

from sqlalchemy import select

from novacore.db.event_kinds.products import SET_STEPS
from novacore.db.models import Product
from novacore.db.unit_of_work import writing
from novacore.errors import AlreadyDone, BadInput, NotFound
from novacore.money.quantity_steps import in_words, parse_steps, stored
from novacore.states import ActorKind
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop


def set_steps(shop: Shop, actor: Actor, product_id: int, typed: str) -> tuple[str, str]:
    """Set the steps of a product, or take them away (typed nothing); return its name and the steps in words.

    Raises NotAllowed, NotFound, BadInput for steps that can't be read, and AlreadyDone where nothing would change.
    """
    require_owner(actor, "set prices by quantity")
    steps = parse_steps(typed)
    kept = stored(steps)
    with writing(shop.database) as tx:
        rows = select(Product).where(Product.id == product_id).with_for_update(key_share=True)
        product = tx.session.execute(rows).scalar_one_or_none()
        if product is None:
            raise NotFound(PRODUCT_MISSING)
        if product.quantity_steps == kept:
            raise AlreadyDone("Nothing changes: its steps are these already.")
        if steps and steps[-1].quantity > product.max_quantity:
            most = f"One order can hold {product.max_quantity} of it at most"
            raise BadInput(f"{most}, so nobody would get {steps[-1]}. `/product edit` raises the maximum.")
        what = SET_STEPS({"steps": [product.quantity_steps, kept]})
        product.quantity_steps = kept
        record(tx, NewEvent("product", str(product_id), what, actor, ActorKind.owner))
        return product.name, in_words(kept)
