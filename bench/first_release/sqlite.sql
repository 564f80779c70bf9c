-- What release a3425bb sends to SQLite when staff ask for another proof. Each order is asked once.
BEGIN IMMEDIATE;
SELECT orders.id, orders.status, orders.version, orders.checkout_key, orders.customer_id, orders.product_id,
    orders.product_name, orders.kind, orders.goods_version_id, orders.warranty_days, orders.quantity,
    orders.unit_price_minor, orders.total_minor, orders.currency, orders.method, orders.pay_address,
    orders.pay_network, orders.placed_at, orders.expires_at, orders.expired_at, orders.submitted_at,
    orders.decided_at, orders.delivered_at, orders.review_round, orders.is_late, orders.reason
FROM orders WHERE orders.id = :order_id;
UPDATE orders SET status = :target, version = :version, expires_at = :later, reason = :reason
WHERE orders.id = :order_id AND orders.version = :seen AND orders.status = :source;
INSERT INTO events (subject_kind, subject_id, "trigger", source, target, actor_kind, actor_id, actor_name, at, detail)
VALUES (:kind, :order_id, :trigger, :source, :target, :staff, :staff_id, :staff, :now, :detail) RETURNING id;
SELECT units.id FROM units WHERE units.order_id = :order_id AND units.status = :reserved ORDER BY units.id;
INSERT INTO jobs (name, queue, subject_kind, subject_id, payload, dedupe_key, event_id, due_at, state, attempts, fence,
    forgiven, created_at)
VALUES (:expire_order, :queue, :kind, :order_id, :payload, :expire_key, 1, :later, :queued, 0, 0, 0, :now),
    (:tell_customer, :queue, :kind, :order_id, :payload, :tell_key, 1, :now, :queued, 0, 0, 0, :now),
    (:refresh_cards, :queue, :kind, :order_id, :payload, :cards_key, 1, :now, :queued, 0, 0, 0, :now)
ON CONFLICT (dedupe_key) DO UPDATE SET due_at = min(jobs.due_at, excluded.due_at) RETURNING id, name, queue, due_at;
COMMIT;
