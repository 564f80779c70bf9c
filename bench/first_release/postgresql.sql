-- What release a3425bb sends to PostgreSQL when staff ask for another proof, as a script of pgbench's. Each order is
-- asked once: every client counts its own, from `first` on, `each` of them.
\set number :number + 1
\set n :first + :client_id * :each + :number
BEGIN;
SELECT orders.id, orders.status, orders.version, orders.checkout_key, orders.customer_id, orders.product_id,
    orders.product_name, orders.kind, orders.goods_version_id, orders.warranty_days, orders.quantity,
    orders.unit_price_minor, orders.total_minor, orders.currency, orders.method, orders.pay_address,
    orders.pay_network, orders.placed_at, orders.expires_at, orders.expired_at, orders.submitted_at,
    orders.decided_at, orders.delivered_at, orders.review_round, orders.is_late, orders.reason
FROM orders WHERE orders.id = 'NC-20260101-' || lpad((:n)::text, 6, '0') FOR UPDATE;
UPDATE orders SET status = 'awaiting_payment', version = 2, expires_at = '2026-11-29 00:33:33.942223+00',
    reason = 'Please send the whole screenshot.'
WHERE orders.id = 'NC-20260101-' || lpad((:n)::text, 6, '0') AND orders.version = 1 AND orders.status = 'under_review';
INSERT INTO events (subject_kind, subject_id, trigger, source, target, actor_kind, actor_id, actor_name, at, detail)
VALUES ('order', 'NC-20260101-' || lpad((:n)::text, 6, '0'), 'ask_again', 'under_review', 'awaiting_payment', 'staff',
    2, 'staff', '2026-11-28 00:33:33.942223+00', '{"reason": "Please send the whole screenshot.", "round": 1}')
RETURNING events.id;
SELECT units.id FROM units
WHERE units.order_id = 'NC-20260101-' || lpad((:n)::text, 6, '0') AND units.status = 'reserved'
ORDER BY units.id FOR UPDATE;
INSERT INTO jobs (name, queue, subject_kind, subject_id, payload, dedupe_key, event_id, due_at, state, attempts, fence,
    forgiven, created_at)
VALUES ('expire_order', 'discord', 'order', 'NC-20260101-' || lpad((:n)::text, 6, '0'), '{"event_id": 1}',
        'theirs-' || :n || ':expire_order', 1, '2026-11-29 00:33:33.942223+00', 'queued', 0, 0, 0,
        '2026-11-28 00:33:33.942223+00'),
    ('tell_customer', 'discord', 'order', 'NC-20260101-' || lpad((:n)::text, 6, '0'), '{"event_id": 1}',
        'theirs-' || :n || ':tell_customer', 1, '2026-11-28 00:33:33.942223+00', 'queued', 0, 0, 0,
        '2026-11-28 00:33:33.942223+00'),
    ('refresh_cards', 'discord', 'order', 'NC-20260101-' || lpad((:n)::text, 6, '0'), '{}',
        'refresh_cards:order:NC-20260101-' || lpad((:n)::text, 6, '0'), 1, '2026-11-28 00:33:33.942223+00', 'queued',
        0, 0, 0, '2026-11-28 00:33:33.942223+00')
ON CONFLICT (dedupe_key) DO UPDATE SET due_at = least(jobs.due_at, excluded.due_at)
RETURNING jobs.id, jobs.name, jobs.queue, jobs.due_at;
COMMIT;
