-- A shop's database of version 4, for upgrade-4.test.mjs, as that version left
-- it when all of its processes were killed at once, with work of every kind in
-- hand: the test says which order waits for what. The test fills in what stands
-- between at signs.

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('currency','EUR');
INSERT INTO settings VALUES('health_probe_boot_ms','13535903');
INSERT INTO settings VALUES('shop_profile','1');
INSERT INTO settings VALUES('signing_key','12131598a94989c14354bee398903ec277de9cecb9351eae2d018591aefdc40e');
INSERT INTO settings VALUES('task_secret','whsec_FGRjWOL3S1UuSlc9VxZ1spECpfbrbjHzO7AZIuAB9ts=');
INSERT INTO settings VALUES('version','4');
INSERT INTO settings VALUES('workflow','1822f465f752f8a756aa6f9e6ba7ba10d9df68a6fb006f6f12f29b021a1d8a95');
CREATE TABLE shop_profiles (
    profile_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    UNIQUE (name, address, tax_id)
) STRICT;
INSERT INTO shop_profiles VALUES(1,'Ordermill Demo Shop',replace('1 Mill Lane\n1000 Millbrook','\n',char(10)),'');
CREATE TABLE products (
    product_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO products VALUES('01a226fb-948d-731e-8482-5d9a8527630f','Backpack','backpack','Rain-proof 20-litre backpack with a padded sleeve for the laptop.',@NOW@ + 501);
INSERT INTO products VALUES('01a226fb-948e-7bb6-86ac-87edce981dd9','Charger','charger','65 W USB-C charger, small enough for a jacket pocket.',@NOW@ + 502);
INSERT INTO products VALUES('01a226fb-948f-75c6-a2ba-cbd1c0b2d0aa','Docking station','docking station','One cable for two monitors, network, sound and everything else.',@NOW@ + 503);
INSERT INTO products VALUES('01a226fb-9490-76f6-b5e8-eb93b72b84b2','Webcam','webcam','1080p webcam with a privacy shutter and a microphone people can hear.',@NOW@ + 504);
INSERT INTO products VALUES('01a226fb-9491-7f17-95a2-08d571b3704c','Monitor','monitor','27-inch 4K monitor, height adjustable, charges a laptop over USB-C.',@NOW@ + 505);
INSERT INTO products VALUES('01a226fb-9492-76d3-8bd1-c2a6fb174eb0','Mouse','mouse','Wireless mouse for either hand; works on glass and on the train table.',@NOW@ + 506);
INSERT INTO products VALUES('01a226fb-9493-755d-b212-40cdf4c89928','Keyboard','keyboard','Mechanical keyboard with quiet switches and a layout of your choice.',@NOW@ + 507);
INSERT INTO products VALUES('01a226fb-9494-78df-b48e-b73ab0bfe0b8','Headphones','headphones','Over-ear headphones with noise cancelling and 30 hours on one charge.',@NOW@ + 508);
INSERT INTO products VALUES('01a226fb-9495-7af8-91d4-1edba9da1434','Phone','phone','6.1-inch phone with 128 GB, two cameras and five years of updates.',@NOW@ + 509);
INSERT INTO products VALUES('01a226fb-9496-79f6-8867-f277269f3a57','Laptop','laptop','14-inch laptop with 16 GB of memory, a 512 GB drive and a keyboard that lasts.',@NOW@ + 510);
CREATE TABLE variants (
    sku TEXT PRIMARY KEY,
    sku_folded TEXT NOT NULL UNIQUE,
    product_id TEXT NOT NULL REFERENCES products,
    title TEXT NOT NULL,
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    on_hand INTEGER NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0
        CHECK (reserved >= 0 AND reserved <= on_hand)
) STRICT, WITHOUT ROWID;
INSERT INTO variants VALUES('backpack','backpack','01a226fb-948d-731e-8482-5d9a8527630f','Backpack',7900,45,0);
INSERT INTO variants VALUES('charger','charger','01a226fb-948e-7bb6-86ac-87edce981dd9','Charger',3500,90,0);
INSERT INTO variants VALUES('dock','dock','01a226fb-948f-75c6-a2ba-cbd1c0b2d0aa','Docking station',14900,35,0);
INSERT INTO variants VALUES('headphones','headphones','01a226fb-9494-78df-b48e-b73ab0bfe0b8','Headphones',19900,80,1);
INSERT INTO variants VALUES('keyboard','keyboard','01a226fb-9493-755d-b212-40cdf4c89928','Keyboard',8900,74,0);
INSERT INTO variants VALUES('laptop','laptop','01a226fb-9496-79f6-8867-f277269f3a57','Laptop',129900,40,0);
INSERT INTO variants VALUES('monitor','monitor','01a226fb-9491-7f17-95a2-08d571b3704c','Monitor',37900,30,0);
INSERT INTO variants VALUES('mouse','mouse','01a226fb-9492-76d3-8bd1-c2a6fb174eb0','Mouse',3900,96,3);
INSERT INTO variants VALUES('phone','phone','01a226fb-9495-7af8-91d4-1edba9da1434','Phone',69900,60,0);
INSERT INTO variants VALUES('webcam','webcam','01a226fb-9490-76f6-b5e8-eb93b72b84b2','Webcam',5900,50,0);
CREATE TABLE stock_entries (
    entry_id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES variants,
    delta INTEGER NOT NULL CHECK (delta <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('import', 'sold', 'returned')),
    order_id TEXT REFERENCES orders (order_id),
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    refund_id TEXT NOT NULL DEFAULT '', -- with which staff took goods back
    created_at_ms INTEGER NOT NULL,
    CHECK ((reason = 'import') = (order_id IS NULL))
) STRICT;
INSERT INTO stock_entries VALUES(1,'laptop',40,'import',NULL,0,'',@NOW@ + 510);
INSERT INTO stock_entries VALUES(2,'phone',60,'import',NULL,0,'',@NOW@ + 509);
INSERT INTO stock_entries VALUES(3,'headphones',80,'import',NULL,0,'',@NOW@ + 508);
INSERT INTO stock_entries VALUES(4,'keyboard',75,'import',NULL,0,'',@NOW@ + 507);
INSERT INTO stock_entries VALUES(5,'mouse',100,'import',NULL,0,'',@NOW@ + 506);
INSERT INTO stock_entries VALUES(6,'monitor',30,'import',NULL,0,'',@NOW@ + 505);
INSERT INTO stock_entries VALUES(7,'webcam',50,'import',NULL,0,'',@NOW@ + 504);
INSERT INTO stock_entries VALUES(8,'dock',35,'import',NULL,0,'',@NOW@ + 503);
INSERT INTO stock_entries VALUES(9,'charger',90,'import',NULL,0,'',@NOW@ + 502);
INSERT INTO stock_entries VALUES(10,'backpack',45,'import',NULL,0,'',@NOW@ + 501);
INSERT INTO stock_entries VALUES(11,'keyboard',-1,'sold','01a226fb-9604-7347-84df-f409ccc5ad90',0,'',@NOW@ + 888);
INSERT INTO stock_entries VALUES(12,'mouse',-2,'sold','01a226fb-960b-7e55-a840-2f4857ee2811',0,'',@NOW@ + 909);
INSERT INTO stock_entries VALUES(13,'mouse',-3,'sold','01a226fb-9608-74a1-8c93-06125fd161b1',0,'',@NOW@ + 909);
INSERT INTO stock_entries VALUES(14,'mouse',1,'returned','01a226fb-9608-74a1-8c93-06125fd161b1',0,'01a226fb-ade2-78de-a4ef-091687f1c54f',@NOW@ + 6986);
CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    track_token TEXT NOT NULL, -- ends in the number: see order.h
    status TEXT NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING',
        'PROCESSING', 'CONFIRMED', 'COMPLETED', 'CANCELLED', 'FAILED')),
    payment_status TEXT NOT NULL DEFAULT 'unpaid' CHECK (payment_status IN (
        'unpaid', 'pending', 'paid', 'partially_refunded', 'refunded',
        'failed')),
    reason TEXT,
    payment_method TEXT NOT NULL,
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    customer_name TEXT,
    customer_email TEXT,
    profile_id INTEGER NOT NULL REFERENCES shop_profiles,
    -- A cancellation that waits for a charge's outcome.
    cancel_reason TEXT,
    hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    confirmed_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO orders VALUES(1001,'01a226fb-95ef-7f38-b6db-1b90488eba74','nV6nI67cYBuy3IM-cFtRuZJk1001','PROCESSING','pending',NULL,'manual',3900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 855,@NOW@ + 858);
INSERT INTO orders VALUES(1002,'01a226fb-95fe-725c-9b9c-178dc340e16f','Gj2oRhEyvk0DJQlhZbtgJbvL1002','PROCESSING','pending',NULL,'hosted',3900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 870,@NOW@ + 877);
INSERT INTO orders VALUES(1003,'01a226fb-9604-7347-84df-f409ccc5ad90','W4sGYz_5Eb0PoQm1FbDfBBf51003','CONFIRMED','paid',NULL,'pm_card_visa',8900,'Ada Lovelace','ada@example.com',1,NULL,0,@NOW@ + 888,@NOW@ + 876,@NOW@ + 888);
INSERT INTO orders VALUES(1004,'01a226fb-9608-74a1-8c93-06125fd161b1','VWqpQj31zRYlSkZUmku0cI681004','CONFIRMED','paid',NULL,'pm_card_visa',11700,'Ada Lovelace','ada@example.com',1,NULL,0,@NOW@ + 909,@NOW@ + 880,@NOW@ + 909);
INSERT INTO orders VALUES(1005,'01a226fb-960b-7e55-a840-2f4857ee2811','M7wzD_dOUXG_q42uh_i0icQF1005','CONFIRMED','refunded',NULL,'pm_card_visa',7800,'Ada Lovelace','ada@example.com',1,NULL,0,@NOW@ + 909,@NOW@ + 883,@NOW@ + 1004);
INSERT INTO orders VALUES(1006,'01a226fb-96b7-7b4b-a509-8202eb17fd97','ygxJ1U9o_5MmMZtp1_PVFvlu1006','PROCESSING','unpaid',NULL,'pm_card_visa',3900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 1055,@NOW@ + 1056);
INSERT INTO orders VALUES(1007,'01a226fb-98c2-70f3-aeb6-3ef421604166','Xq0EWH1JjZG2CXkjL2owV8Go1007','PROCESSING','unpaid',NULL,'pm_card_visa',3900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 1578,@NOW@ + 1579);
INSERT INTO orders VALUES(1008,'01a226fb-9c56-71bc-9076-6112b8e01fcc','93rCR4dr_OFO2IVbGoPEkAK-1008','PROCESSING','pending',NULL,'hosted',19900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 2494,@NOW@ + 2500);
INSERT INTO orders VALUES(1009,'01a226fb-9d01-7b36-a1b7-79dc79c47bb5','nON_RA62Wg4ZMXQu0m4Z18Iu1009','PROCESSING','pending',NULL,'pm_card_visa',3900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 2665,@NOW@ + 2666);
INSERT INTO orders VALUES(1010,'01a226fb-adec-73c7-831a-6b3c5fa63f2c','pyG6rWm5lZMpshPnX2eAd2p01010','PENDING','unpaid',NULL,'pm_card_visa',69900,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 6996,@NOW@ + 6996);
CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES variants,
    title TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO order_lines VALUES('01a226fb-95ef-7f38-b6db-1b90488eba74',1,'mouse','Mouse',1,3900);
INSERT INTO order_lines VALUES('01a226fb-95fe-725c-9b9c-178dc340e16f',1,'mouse','Mouse',1,3900);
INSERT INTO order_lines VALUES('01a226fb-9604-7347-84df-f409ccc5ad90',1,'keyboard','Keyboard',1,8900);
INSERT INTO order_lines VALUES('01a226fb-9608-74a1-8c93-06125fd161b1',1,'mouse','Mouse',3,3900);
INSERT INTO order_lines VALUES('01a226fb-960b-7e55-a840-2f4857ee2811',1,'mouse','Mouse',2,3900);
INSERT INTO order_lines VALUES('01a226fb-96b7-7b4b-a509-8202eb17fd97',1,'mouse','Mouse',1,3900);
INSERT INTO order_lines VALUES('01a226fb-98c2-70f3-aeb6-3ef421604166',1,'mouse','Mouse',1,3900);
INSERT INTO order_lines VALUES('01a226fb-9c56-71bc-9076-6112b8e01fcc',1,'headphones','Headphones',1,19900);
INSERT INTO order_lines VALUES('01a226fb-9d01-7b36-a1b7-79dc79c47bb5',1,'mouse','Mouse',1,3900);
INSERT INTO order_lines VALUES('01a226fb-adec-73c7-831a-6b3c5fa63f2c',1,'phone','Phone',1,69900);
CREATE TABLE order_words (
    word TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES orders,
    PRIMARY KEY (word, number)
) STRICT, WITHOUT ROWID;
INSERT INTO order_words VALUES('ada lovelace',1001);
INSERT INTO order_words VALUES('ada lovelace',1002);
INSERT INTO order_words VALUES('ada lovelace',1003);
INSERT INTO order_words VALUES('ada lovelace',1004);
INSERT INTO order_words VALUES('ada lovelace',1005);
INSERT INTO order_words VALUES('ada lovelace',1006);
INSERT INTO order_words VALUES('ada lovelace',1007);
INSERT INTO order_words VALUES('ada lovelace',1008);
INSERT INTO order_words VALUES('ada lovelace',1009);
INSERT INTO order_words VALUES('ada lovelace',1010);
INSERT INTO order_words VALUES('ada@example.com',1001);
INSERT INTO order_words VALUES('ada@example.com',1002);
INSERT INTO order_words VALUES('ada@example.com',1003);
INSERT INTO order_words VALUES('ada@example.com',1004);
INSERT INTO order_words VALUES('ada@example.com',1005);
INSERT INTO order_words VALUES('ada@example.com',1006);
INSERT INTO order_words VALUES('ada@example.com',1007);
INSERT INTO order_words VALUES('ada@example.com',1008);
INSERT INTO order_words VALUES('ada@example.com',1009);
INSERT INTO order_words VALUES('ada@example.com',1010);
INSERT INTO order_words VALUES('lovelace',1001);
INSERT INTO order_words VALUES('lovelace',1002);
INSERT INTO order_words VALUES('lovelace',1003);
INSERT INTO order_words VALUES('lovelace',1004);
INSERT INTO order_words VALUES('lovelace',1005);
INSERT INTO order_words VALUES('lovelace',1006);
INSERT INTO order_words VALUES('lovelace',1007);
INSERT INTO order_words VALUES('lovelace',1008);
INSERT INTO order_words VALUES('lovelace',1009);
INSERT INTO order_words VALUES('lovelace',1010);
CREATE TABLE idempotency_keys (
    space TEXT NOT NULL, -- whose key it is, see idempotency.h
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE reservations (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO reservations VALUES('01a226fb-95ef-7f38-b6db-1b90488eba74','mouse',1,@NOW@ + 1800858);
INSERT INTO reservations VALUES('01a226fb-95fe-725c-9b9c-178dc340e16f','mouse',1,@NOW@ + 1800877);
INSERT INTO reservations VALUES('01a226fb-9c56-71bc-9076-6112b8e01fcc','headphones',1,@NOW@ + 1802500);
INSERT INTO reservations VALUES('01a226fb-9d01-7b36-a1b7-79dc79c47bb5','mouse',1,@NOW@ + 1802666);
CREATE TABLE payment_attempts (
    attempt_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    attempt_no INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'token'
        CHECK (kind IN ('token', 'hosted', 'manual')),
    status TEXT NOT NULL CHECK (status IN ('open', 'succeeded', 'failed')),
    step TEXT NOT NULL DEFAULT 'ask'
        CHECK (step IN ('ask', 'look', 'wait', 'close')),
    calls INTEGER NOT NULL DEFAULT 0,  -- since the step was entered
    misses INTEGER NOT NULL DEFAULT 0, -- answers that left the outcome unknown
    due_boot_ms INTEGER NOT NULL DEFAULT 0, -- when to ask (again)
    due_at_ms INTEGER NOT NULL,
    unknown_since_ms INTEGER,
    session_id TEXT,                   -- of the gateway's hosted page
    intent_id TEXT,
    payment_url TEXT,                  -- where the customer pays or signs in
    closes_boot_ms INTEGER,            -- its window; NULL: it has none
    closes_at_ms INTEGER,
    code TEXT,
    message TEXT,
    note TEXT,                         -- who marked it paid, and why
    untold INTEGER NOT NULL DEFAULT 0  -- closed outside of the reaper, which
        CHECK (untold IN (0, 1)),      -- has not told the workflow yet
    seen_run INTEGER NOT NULL DEFAULT 0, -- the last reconciliation that saw it
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    window_by TEXT,                    -- staff who set or ended its window
    UNIQUE (order_id, attempt_no)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_attempts VALUES('01a226fb-95f2-7313-bdbc-25ab8d6ab911','01a226fb-95ef-7f38-b6db-1b90488eba74',1,'manual','open','wait',0,0,618336080,@NOW@ + 858,NULL,NULL,NULL,NULL,618336080,@NOW@ + 604800858,NULL,NULL,NULL,0,0,@NOW@ + 858,@NOW@ + 858,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9605-707a-9830-5d2e3a4fc370','01a226fb-95fe-725c-9b9c-178dc340e16f',1,'hosted','open','wait',0,0,13566122,@NOW@ + 60878,NULL,'cs_test_1atbvEzfO9WwftXLSWiw6GUS',NULL,'http://@GATEWAY@/c/pay/cs_test_1atbvEzfO9WwftXLSWiw6GUS',15336100,@NOW@ + 1800877,NULL,NULL,NULL,0,0,@NOW@ + 877,@NOW@ + 900,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9605-7ca0-b0a7-111bc9612c6f','01a226fb-9604-7347-84df-f409ccc5ad90',1,'token','succeeded','ask',1,0,13596100,@NOW@ + 60878,NULL,NULL,'pi_b0pEXi7um9d0ksWAlbn4N4nc',NULL,15336100,@NOW@ + 1800877,NULL,NULL,NULL,0,0,@NOW@ + 877,@NOW@ + 888,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9610-78c9-807f-a1816042eb11','01a226fb-960b-7e55-a840-2f4857ee2811',1,'token','succeeded','ask',1,0,13596111,@NOW@ + 60889,NULL,NULL,'pi_j0fpb0mJ0TfjHHSU5IP6jUKq',NULL,15336111,@NOW@ + 1800888,NULL,NULL,NULL,0,0,@NOW@ + 888,@NOW@ + 909,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9610-7edc-8364-f8c1aa2bdf43','01a226fb-9608-74a1-8c93-06125fd161b1',1,'token','succeeded','ask',1,0,13596111,@NOW@ + 60889,NULL,NULL,'pi_pgW0rpz9l6eLN6yizuW0NaFc',NULL,15336111,@NOW@ + 1800888,NULL,NULL,NULL,0,0,@NOW@ + 888,@NOW@ + 909,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9c5c-717f-80bc-98209486cec8','01a226fb-9c56-71bc-9076-6112b8e01fcc',1,'hosted','open','wait',0,0,13567727,@NOW@ + 62500,NULL,'cs_test_0L4ZltRnoBYVtd0QeW4v6rKs',NULL,'http://@GATEWAY@/c/pay/cs_test_0L4ZltRnoBYVtd0QeW4v6rKs',15337722,@NOW@ + 1802500,NULL,NULL,NULL,0,0,@NOW@ + 2500,@NOW@ + 2505,NULL);
INSERT INTO payment_attempts VALUES('01a226fb-9d02-78c1-af46-aa5a8020f4e3','01a226fb-9d01-7b36-a1b7-79dc79c47bb5',1,'token','open','ask',1,0,13597889,@NOW@ + 62666,NULL,NULL,NULL,NULL,15337888,@NOW@ + 1802666,NULL,NULL,NULL,0,0,@NOW@ + 2666,@NOW@ + 2666,NULL);
CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    intent_id TEXT NOT NULL, -- of the charge that it gives back
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reason TEXT NOT NULL,
    requested_by TEXT,       -- staff; NULL: the shop by itself
    restock INTEGER NOT NULL DEFAULT 0 CHECK (restock IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('due', 'succeeded', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0, -- by the gateway; then a new key
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    gateway_id TEXT,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO refunds VALUES('01a226fb-962e-7bcc-a46b-9717bb39e855','01a226fb-960b-7e55-a840-2f4857ee2811','pi_j0fpb0mJ0TfjHHSU5IP6jUKq',7800,'broken','token staff #1',0,'succeeded',1,0,13596196,@NOW@ + 60974,'re_je08gCiu3P795MfwrUsit6NW',NULL,@NOW@ + 918,@NOW@ + 1004);
INSERT INTO refunds VALUES('01a226fb-ade2-78de-a4ef-091687f1c54f','01a226fb-9608-74a1-8c93-06125fd161b1','pi_pgW0rpz9l6eLN6yizuW0NaFc',3900,'dent','token staff #1',1,'due',0,0,0,@NOW@ + 6986,NULL,NULL,@NOW@ + 6986,@NOW@ + 6986);
CREATE TABLE refund_lines (
    refund_id TEXT NOT NULL REFERENCES refunds,
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO refund_lines VALUES('01a226fb-ade2-78de-a4ef-091687f1c54f','mouse',1);
CREATE TABLE disputes (
    dispute_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,       -- the gateway's word
    told_at_ms INTEGER NOT NULL -- by the gateway's clock
) STRICT, WITHOUT ROWID;
CREATE TABLE payment_entries (
    entry_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'refund_reversal',
        'dispute', 'dispute_reversal')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    gateway_id TEXT NOT NULL UNIQUE,
    intent_id TEXT NOT NULL, -- of the charge; a charge's is its gateway_id
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO payment_entries VALUES(1,'01a226fb-9604-7347-84df-f409ccc5ad90','charge',8900,'pi_b0pEXi7um9d0ksWAlbn4N4nc','pi_b0pEXi7um9d0ksWAlbn4N4nc',0,@NOW@ + 888);
INSERT INTO payment_entries VALUES(2,'01a226fb-960b-7e55-a840-2f4857ee2811','charge',7800,'pi_j0fpb0mJ0TfjHHSU5IP6jUKq','pi_j0fpb0mJ0TfjHHSU5IP6jUKq',0,@NOW@ + 909);
INSERT INTO payment_entries VALUES(3,'01a226fb-9608-74a1-8c93-06125fd161b1','charge',11700,'pi_pgW0rpz9l6eLN6yizuW0NaFc','pi_pgW0rpz9l6eLN6yizuW0NaFc',0,@NOW@ + 909);
INSERT INTO payment_entries VALUES(4,'01a226fb-960b-7e55-a840-2f4857ee2811','refund',7800,'re_je08gCiu3P795MfwrUsit6NW','pi_j0fpb0mJ0TfjHHSU5IP6jUKq',0,@NOW@ + 1004);
CREATE TABLE webhook_events (
    sequence INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body TEXT NOT NULL,     -- as it came
    status TEXT NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'applied',
        'parked', 'ignored', 'failed')),
    message TEXT,           -- what was done, or why nothing was
    order_id TEXT,          -- once it is matched
    calls INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL, -- at the gateway
    received_at_ms INTEGER NOT NULL,
    applied_at_ms INTEGER
) STRICT;
INSERT INTO webhook_events VALUES(1,'evt_VlBZ1qKJA7wrbr9IFnM7trfa','payment_intent.succeeded','{"id":"evt_VlBZ1qKJA7wrbr9IFnM7trfa","object":"event","api_version":"2024-06-20","created":1795950351,"data":{"object":{"id":"pi_b0pEXi7um9d0ksWAlbn4N4nc","object":"payment_intent","amount":8900,"amount_capturable":0,"amount_received":8900,"automatic_payment_methods":null,"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"pi_b0pEXi7um9d0ksWAlbn4N4nc_secret_25whpcTxlzbmi7MnTY1ippyy","confirmation_method":"automatic","created":1795950351,"currency":"eur","customer":null,"description":"Order 1003","last_payment_error":null,"latest_charge":"ch_3eB95qn76DadArjLcEX0VCm5","livemode":false,"metadata":{"order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","attempt":"1"},"next_action":null,"payment_method":"pm_card_visa","payment_method_types":["card"],"receipt_email":null,"statement_descriptor_suffix":null,"status":"succeeded"}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_ef522832db513b","idempotency_key":"01a226fb-9605-7ca0-b0a7-111bc9612c6f"},"type":"payment_intent.succeeded"}','applied','Paid: the order goes on.','01a226fb-9604-7347-84df-f409ccc5ad90',1,0,13596110,@NOW@ + 0,@NOW@ + 886,@NOW@ + 888);
INSERT INTO webhook_events VALUES(2,'evt_kvUkuDlgpDU7XVAk1bvKoGek','payment_intent.succeeded','{"id":"evt_kvUkuDlgpDU7XVAk1bvKoGek","object":"event","api_version":"2024-06-20","created":1795950351,"data":{"object":{"id":"pi_j0fpb0mJ0TfjHHSU5IP6jUKq","object":"payment_intent","amount":7800,"amount_capturable":0,"amount_received":7800,"automatic_payment_methods":null,"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"pi_j0fpb0mJ0TfjHHSU5IP6jUKq_secret_gXmkBEQY8xHolWlBuoXLhIZL","confirmation_method":"automatic","created":1795950351,"currency":"eur","customer":null,"description":"Order 1005","last_payment_error":null,"latest_charge":"ch_Zhx7e11VYs7zr8biuWZe6dNA","livemode":false,"metadata":{"order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","attempt":"1"},"next_action":null,"payment_method":"pm_card_visa","payment_method_types":["card"],"receipt_email":null,"statement_descriptor_suffix":null,"status":"succeeded"}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_6cab6dbbcf5dc4","idempotency_key":"01a226fb-9610-78c9-807f-a1816042eb11"},"type":"payment_intent.succeeded"}','applied','Known already.','01a226fb-960b-7e55-a840-2f4857ee2811',1,0,13596131,@NOW@ + 0,@NOW@ + 908,@NOW@ + 909);
INSERT INTO webhook_events VALUES(3,'evt_zjkpclGLCz5PMnSHPHK9xvtx','payment_intent.succeeded','{"id":"evt_zjkpclGLCz5PMnSHPHK9xvtx","object":"event","api_version":"2024-06-20","created":1795950351,"data":{"object":{"id":"pi_pgW0rpz9l6eLN6yizuW0NaFc","object":"payment_intent","amount":11700,"amount_capturable":0,"amount_received":11700,"automatic_payment_methods":null,"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"pi_pgW0rpz9l6eLN6yizuW0NaFc_secret_n5XdkQF0eVicIG1snkPy98Au","confirmation_method":"automatic","created":1795950351,"currency":"eur","customer":null,"description":"Order 1004","last_payment_error":null,"latest_charge":"ch_bIrq9MSL2pgXlTmgIwtDwo69","livemode":false,"metadata":{"order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","attempt":"1"},"next_action":null,"payment_method":"pm_card_visa","payment_method_types":["card"],"receipt_email":null,"statement_descriptor_suffix":null,"status":"succeeded"}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_705f4ebd666a98","idempotency_key":"01a226fb-9610-7edc-8364-f8c1aa2bdf43"},"type":"payment_intent.succeeded"}','applied','Paid: the order goes on.','01a226fb-9608-74a1-8c93-06125fd161b1',1,0,13596131,@NOW@ + 0,@NOW@ + 908,@NOW@ + 909);
INSERT INTO webhook_events VALUES(4,'evt_aUb9KD6SD9kiz7Ay5VXIJ17i','charge.refunded','{"id":"evt_aUb9KD6SD9kiz7Ay5VXIJ17i","object":"event","api_version":"2024-06-20","created":1795950351,"data":{"object":{"id":"ch_Zhx7e11VYs7zr8biuWZe6dNA","object":"charge","amount":7800,"amount_captured":7800,"amount_refunded":7800,"balance_transaction":null,"captured":true,"created":1795950351,"currency":"eur","customer":null,"description":"Order 1005","dispute":null,"disputed":false,"livemode":false,"metadata":{"order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","attempt":"1"},"failure_code":null,"failure_message":null,"paid":true,"status":"succeeded","payment_method":"pm_card_visa","payment_method_details":{"card":{"brand":"visa","last4":"4242"},"type":"card"},"payment_intent":"pi_j0fpb0mJ0TfjHHSU5IP6jUKq","receipt_email":null,"receipt_url":null,"refunded":true}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_5d3b5e4d240246","idempotency_key":"01a226fb-962e-7bcc-a46b-9717bb39e855"},"type":"charge.refunded"}','applied','Known already.','01a226fb-960b-7e55-a840-2f4857ee2811',1,0,13596235,@NOW@ + 0,@NOW@ + 1011,@NOW@ + 1013);
INSERT INTO webhook_events VALUES(5,'evt_0IqVJi586Xe3mavTBEJuYt28','payment_intent.succeeded','{"id":"evt_0IqVJi586Xe3mavTBEJuYt28","object":"event","api_version":"2024-06-20","created":1795950356,"data":{"object":{"id":"pi_P1jCEpxMZFFe7iaoGQxmDjxM","object":"payment_intent","amount":3900,"amount_capturable":0,"amount_received":3900,"automatic_payment_methods":null,"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"pi_P1jCEpxMZFFe7iaoGQxmDjxM_secret_2sGQHYx9ZIcr42YtZ17VXiKk","confirmation_method":"automatic","created":1795950356,"currency":"eur","customer":null,"description":"Order 1009","last_payment_error":null,"latest_charge":"ch_DDngoMLYv681RHEuTk66fxaf","livemode":false,"metadata":{"order_id":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","attempt":"1"},"next_action":null,"payment_method":"pm_card_visa","payment_method_types":["card"],"receipt_email":null,"statement_descriptor_suffix":null,"status":"succeeded"}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_92a335ca0f6e9a","idempotency_key":"01a226fb-9d02-78c1-af46-aa5a8020f4e3"},"type":"payment_intent.succeeded"}','due',NULL,NULL,0,0,0,@NOW@ + 5000,@NOW@ + 5178,NULL);
INSERT INTO webhook_events VALUES(6,'evt_BLtQdEekKn8122EokrRFwITm','checkout.session.completed','{"id":"evt_BLtQdEekKn8122EokrRFwITm","object":"event","api_version":"2024-06-20","created":1795950356,"data":{"object":{"id":"cs_test_0L4ZltRnoBYVtd0QeW4v6rKs","object":"checkout.session","amount_subtotal":19900,"amount_total":19900,"cancel_url":"http://@SHOP@/track/93rCR4dr_OFO2IVbGoPEkAK-1008","client_reference_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","created":1795950353,"currency":"eur","customer":null,"customer_creation":"if_required","customer_details":{"address":null,"email":"ada@example.com","name":null,"phone":null,"tax_exempt":"none","tax_ids":null},"customer_email":"ada@example.com","expires_at":1796036753,"invoice":null,"livemode":false,"locale":null,"metadata":{"order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","attempt":"1"},"mode":"payment","payment_intent":"pi_XqojCFVSNcGG8thTtconrYW8","payment_link":null,"payment_method_collection":"if_required","payment_method_options":{},"payment_method_types":["card"],"payment_status":"paid","recovered_from":null,"setup_intent":null,"status":"complete","submit_type":null,"subscription":null,"success_url":"http://@SHOP@/track/93rCR4dr_OFO2IVbGoPEkAK-1008?paid={CHECKOUT_SESSION_ID}","total_details":{"amount_discount":0,"amount_shipping":0,"amount_tax":0},"ui_mode":"hosted","url":null}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_90654cac3273cd","idempotency_key":null},"type":"checkout.session.completed"}','due',NULL,NULL,0,0,0,@NOW@ + 5000,@NOW@ + 5483,NULL);
INSERT INTO webhook_events VALUES(7,'evt_jIqSB1PFL7uz9KmG3lwrD8As','payment_intent.succeeded','{"id":"evt_jIqSB1PFL7uz9KmG3lwrD8As","object":"event","api_version":"2024-06-20","created":1795950356,"data":{"object":{"id":"pi_XqojCFVSNcGG8thTtconrYW8","object":"payment_intent","amount":19900,"amount_capturable":0,"amount_received":19900,"automatic_payment_methods":null,"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"pi_XqojCFVSNcGG8thTtconrYW8_secret_vBFdIpAKul2mqoRgp8yQZzve","confirmation_method":"automatic","created":1795950356,"currency":"eur","customer":null,"description":"Order 1008","last_payment_error":null,"latest_charge":"ch_zvDSOo27P2q2OlKiWUHoblz6","livemode":false,"metadata":{"order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","attempt":"1"},"next_action":null,"payment_method":"pm_card_visa","payment_method_types":["card"],"receipt_email":null,"statement_descriptor_suffix":null,"status":"succeeded"}},"livemode":false,"pending_webhooks":1,"request":{"id":"req_90654cac3273cd","idempotency_key":null},"type":"payment_intent.succeeded"}','due',NULL,NULL,0,0,0,@NOW@ + 5000,@NOW@ + 5483,NULL);
INSERT INTO webhook_events VALUES(8,'evt_early','payment_intent.succeeded','{"id":"evt_early","object":"event","api_version":"2024-06-20","created":1795950358,"type":"payment_intent.succeeded","livemode":false,"data":{"object":{"id":"pi_early","object":"payment_intent","status":"succeeded","amount":100,"amount_received":100,"currency":"eur","metadata":{"order_id":"01a22649-0000-7000-8000-000000000000","attempt":"1"}}}}','due',NULL,NULL,0,0,0,@NOW@ + 7000,@NOW@ + 7006,NULL);
CREATE TABLE reconciliations (
    run INTEGER PRIMARY KEY,
    status TEXT NOT NULL
        CHECK (status IN ('due', 'running', 'done', 'failed')),
    asked_by TEXT NOT NULL, -- 'clock', 'operator' or a staff e-mail
    since_ms INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,    -- intents looked at
    settled INTEGER NOT NULL DEFAULT 0, -- differences settled by it
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT;
INSERT INTO reconciliations VALUES(1,'running','operator',@NOW@ + -3592346,0,0,NULL,@NOW@ + 7654,NULL);
CREATE TABLE findings (
    finding_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL, -- the gateway's id, or an attempt's
    order_id TEXT REFERENCES orders (order_id),
    amount_minor INTEGER,
    detail TEXT NOT NULL,
    at_ms INTEGER NOT NULL, -- what it is about began; a run since then sees it
    last_run INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    settled_at_ms INTEGER,
    UNIQUE (kind, reference)
) STRICT;
CREATE TABLE order_origins (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    address TEXT NOT NULL,
    form TEXT, -- the form token's id
    created_at_ms INTEGER NOT NULL,
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged IN (0, 1)), -- its charge
                                 -- ended, or it has none by token
    email TEXT,                  -- the order's, folded
    units INTEGER NOT NULL DEFAULT 0, -- of goods
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)) -- for this order
) STRICT, WITHOUT ROWID;
CREATE TABLE charge_outcomes (
    outcome_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    declined INTEGER NOT NULL CHECK (declined IN (0, 1)),
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE definitions (
    hash TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO definitions VALUES('1822f465f752f8a756aa6f9e6ba7ba10d9df68a6fb006f6f12f29b021a1d8a95','{"Comment":"What happens to an order once it is placed. Amazon States Language; the tasks are the files of reaper/. Whatever ends without success is undone by the reaper itself: stock released, payment refunded, customer told.","StartAt":"ValidateOrder","States":{"ValidateOrder":{"Type":"Task","Comment":"Checks products and prices once more and reserves the stock.","Resource":"task:ValidateOrder","Catch":[{"ErrorEquals":["Order.OutOfStock"],"Next":"OutOfStock"}],"Next":"ProcessPayment"},"ProcessPayment":{"Type":"Task","Comment":"Charges once. An answer that is not known yet is waited for and is no error.","Resource":"task:ProcessPayment","Next":"UpdateInventory"},"UpdateInventory":{"Type":"Task","Comment":"Turns the reservation into a sale; the order is CONFIRMED.","Resource":"task:UpdateInventory","Next":"GenerateReceipt"},"GenerateReceipt":{"Type":"Task","Comment":"Writes the PDF. The order is paid: so it is tried for hours.","Resource":"task:GenerateReceipt","Retry":[{"ErrorEquals":["Receipt.WriteFailed"],"IntervalSeconds":1,"BackoffRate":2,"MaxDelaySeconds":300,"MaxAttempts":2000,"JitterStrategy":"FULL"}],"Next":"SendNotification"},"SendNotification":{"Type":"Task","Comment":"Queues the confirmation with the receipt; the outbox delivers it.","Resource":"task:SendNotification","End":true},"OutOfStock":{"Type":"Fail","Error":"Order.OutOfStock","Cause":"Something in the order sold out before it could be reserved."}}}',@NOW@ + 2459);
INSERT INTO definitions VALUES('a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9',replace('{\n  "Comment": "What happens to an order once it is placed. Amazon States Language; the tasks are the files of reaper/. Whatever ends without success is undone by the reaper itself: stock released, payment refunded, customer told.",\n  "StartAt": "ValidateOrder",\n  "States": {\n    "ValidateOrder": {\n      "Type": "Task",\n      "Comment": "Checks products and prices once more and reserves the stock.",\n      "Resource": "task:ValidateOrder",\n      "Catch": [\n        { "ErrorEquals": ["Order.OutOfStock"], "Next": "OutOfStock" }\n      ],\n      "Next": "ProcessPayment"\n    },\n    "ProcessPayment": {\n      "Type": "Task",\n      "Comment": "Charges once. An answer that is not known yet is waited for and is no error.",\n      "Resource": "task:ProcessPayment",\n      "Next": "UpdateInventory"\n    },\n    "UpdateInventory": {\n      "Type": "Task",\n      "Comment": "Turns the reservation into a sale; the order is CONFIRMED.",\n      "Resource": "task:UpdateInventory",\n      "Next": "GenerateReceipt"\n    },\n    "GenerateReceipt": {\n      "Type": "Task",\n      "Comment": "Writes the PDF. The order is paid: so it is tried for hours.",\n      "Resource": "task:GenerateReceipt",\n      "Retry": [\n        {\n          "ErrorEquals": ["Receipt.WriteFailed"],\n          "IntervalSeconds": 1,\n          "BackoffRate": 2,\n          "MaxDelaySeconds": 300,\n          "MaxAttempts": 2000,\n          "JitterStrategy": "FULL"\n        }\n      ],\n      "Next": "SendNotification"\n    },\n    "SendNotification": {\n      "Type": "Task",\n      "Comment": "Queues the confirmation with the receipt; the outbox delivers it.",\n      "Resource": "task:SendNotification",\n      "End": true\n    },\n    "OutOfStock": {\n      "Type": "Fail",\n      "Error": "Order.OutOfStock",\n      "Cause": "Something in the order sold out before it could be reserved."\n    }\n  }\n}\n','\n',char(10)),@NOW@ + 510);
INSERT INTO definitions VALUES('cea00924180205dafbfd72e2b86bb8225e084083c9f1a2a7007b519605747d49','{"StartAt":"Pause","States":{"Pause":{"Type":"Wait","Seconds":20,"Next":"ValidateOrder"},"ValidateOrder":{"Type":"Task","Resource":"task:ValidateOrder","Next":"ProcessPayment"},"ProcessPayment":{"Type":"Task","Resource":"task:ProcessPayment","Next":"UpdateInventory"},"UpdateInventory":{"Type":"Task","Resource":"task:UpdateInventory","Next":"GenerateReceipt"},"GenerateReceipt":{"Type":"Task","Resource":"task:GenerateReceipt","Next":"SendNotification"},"SendNotification":{"Type":"Task","Resource":"task:SendNotification","End":true}}}',@NOW@ + 1050);
INSERT INTO definitions VALUES('f893c3b11c7e81593d38493237b2a9b9119509f9da9371b647088fef3e37c9ae','{"StartAt":"Ask","States":{"Ask":{"Type":"Task","Resource":"task:SaveOrder.waitForTaskToken","Parameters":{"token.$":"$$.Task.Token"},"ResultPath":null,"Next":"ValidateOrder"},"ValidateOrder":{"Type":"Task","Resource":"task:ValidateOrder","Next":"ProcessPayment"},"ProcessPayment":{"Type":"Task","Resource":"task:ProcessPayment","Next":"UpdateInventory"},"UpdateInventory":{"Type":"Task","Resource":"task:UpdateInventory","Next":"GenerateReceipt"},"GenerateReceipt":{"Type":"Task","Resource":"task:GenerateReceipt","Next":"SendNotification"},"SendNotification":{"Type":"Task","Resource":"task:SendNotification","End":true}}}',@NOW@ + 1565);
CREATE TABLE executions (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id),
    definition_hash TEXT NOT NULL REFERENCES definitions,
    status TEXT NOT NULL DEFAULT 'RUNNING' CHECK (status IN
        ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
    state TEXT,                 -- NULL before the first is entered
    error TEXT,
    cause TEXT,
    redrives INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,   -- grows with every save
    fence INTEGER NOT NULL DEFAULT 0,  -- the reaper that holds it; 0: none
    queued INTEGER NOT NULL DEFAULT 0 CHECK (queued IN (0, 1)),
    clock_ms INTEGER NOT NULL DEFAULT 0,
    saved_boot_ms INTEGER NOT NULL DEFAULT 0,
    saved_at_ms INTEGER NOT NULL,
    wait_ms INTEGER NOT NULL DEFAULT 0, -- from the save to when it is due
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0, -- of the reaper, with it in hand
    last_event INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0 CHECK (thinned IN (0, 1)),
    history_bytes INTEGER NOT NULL DEFAULT 0,
    -- The long ones last, where reading the others does not pass them.
    input TEXT,                 -- JSON, as output; NULL before the first turn
    image TEXT,
    output TEXT,
    CHECK ((status = 'RUNNING') = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO executions VALUES('01a226fb-95ef-7f38-b6db-1b90488eba74','a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9','RUNNING','ProcessPayment',NULL,NULL,0,1,0,0,2,13536081,@NOW@ + 859,0,9223372036854775806,0,7,@NOW@ + 855,NULL,0,1766,'{"orderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","OrderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","order_id":"01a226fb-95ef-7f38-b6db-1b90488eba74","number":1001,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":4,"b":1,"r":{"s":"ProcessPayment","p":2,"i":{"orderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","OrderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","order_id":"01a226fb-95ef-7f38-b6db-1b90488eba74","number":1001,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"},"e":3,"w":1795950351858,"t":4}}',NULL);
INSERT INTO executions VALUES('01a226fb-95fe-725c-9b9c-178dc340e16f','a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9','RUNNING','ProcessPayment',NULL,NULL,0,1,0,0,8,13536100,@NOW@ + 878,0,9223372036854775806,0,7,@NOW@ + 870,NULL,0,1766,'{"orderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","OrderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","order_id":"01a226fb-95fe-725c-9b9c-178dc340e16f","number":1002,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":4,"b":1,"r":{"s":"ProcessPayment","p":2,"i":{"orderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","OrderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","order_id":"01a226fb-95fe-725c-9b9c-178dc340e16f","number":1002,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"},"e":3,"w":1795950351877,"t":4}}',NULL);
INSERT INTO executions VALUES('01a226fb-9604-7347-84df-f409ccc5ad90','a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9','SUCCEEDED','SendNotification',NULL,NULL,0,3,0,0,24,13536122,@NOW@ + 900,0,13596111,0,22,@NOW@ + 876,@NOW@ + 900,0,3796,'{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PENDING","payment_status":"unpaid"}',NULL,'{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}');
INSERT INTO executions VALUES('01a226fb-9608-74a1-8c93-06125fd161b1','a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9','SUCCEEDED','SendNotification',NULL,NULL,0,3,0,0,94,13536196,@NOW@ + 973,0,13596132,0,23,@NOW@ + 880,@NOW@ + 973,0,3760,'{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"PENDING","payment_status":"unpaid"}',NULL,'{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"CONFIRMED","payment_status":"paid"}');
INSERT INTO executions VALUES('01a226fb-960b-7e55-a840-2f4857ee2811','a6502b7347c0302ca2531f41211315226b7e4d00042ffe177b5e97083075f3d9','SUCCEEDED','SendNotification',NULL,NULL,0,3,0,0,90,13536195,@NOW@ + 973,0,13596131,0,23,@NOW@ + 883,@NOW@ + 973,0,3748,'{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PENDING","payment_status":"unpaid"}',NULL,'{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"CONFIRMED","payment_status":"paid"}');
INSERT INTO executions VALUES('01a226fb-96b7-7b4b-a509-8202eb17fd97','cea00924180205dafbfd72e2b86bb8225e084083c9f1a2a7007b519605747d49','RUNNING','Pause',NULL,NULL,0,1,0,0,1,13536278,@NOW@ + 1056,20000,13556278,0,2,@NOW@ + 1055,NULL,0,698,'{"orderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","OrderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","order_id":"01a226fb-96b7-7b4b-a509-8202eb17fd97","number":1006,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":1,"b":1,"r":{"s":"Pause","p":5,"i":{"orderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","OrderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","order_id":"01a226fb-96b7-7b4b-a509-8202eb17fd97","number":1006,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"},"e":1,"w":1795950352056,"d":20001}}',NULL);
INSERT INTO executions VALUES('01a226fb-98c2-70f3-aeb6-3ef421604166','f893c3b11c7e81593d38493237b2a9b9119509f9da9371b647088fef3e37c9ae','RUNNING','Ask',NULL,NULL,0,1,0,0,2,13536802,@NOW@ + 1580,0,9223372036854775806,0,4,@NOW@ + 1578,NULL,0,949,'{"orderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","OrderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","order_id":"01a226fb-98c2-70f3-aeb6-3ef421604166","number":1007,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":2,"b":1,"r":{"s":"Ask","p":3,"i":{"orderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","OrderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","order_id":"01a226fb-98c2-70f3-aeb6-3ef421604166","number":1007,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"},"e":1,"w":1795950352579,"t":2,"f":{"token":"y9JTL2bDRXTcI3Nv-VQOzNzgFor0yxsUrHquuiRaZtM"}}}',NULL);
INSERT INTO executions VALUES('01a226fb-9c56-71bc-9076-6112b8e01fcc','1822f465f752f8a756aa6f9e6ba7ba10d9df68a6fb006f6f12f29b021a1d8a95','RUNNING','ProcessPayment',NULL,NULL,0,1,0,0,6,13537722,@NOW@ + 2500,0,9223372036854775806,0,7,@NOW@ + 2494,NULL,0,1814,'{"orderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","OrderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","number":1008,"productId":"headphones","quantity":1,"amount":199,"amount_minor":19900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"headphones","productId":"headphones","title":"Headphones","quantity":1,"unit_price_minor":19900,"total_minor":19900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":4,"b":1,"r":{"s":"ProcessPayment","p":2,"i":{"orderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","OrderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","number":1008,"productId":"headphones","quantity":1,"amount":199,"amount_minor":19900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"headphones","productId":"headphones","title":"Headphones","quantity":1,"unit_price_minor":19900,"total_minor":19900}],"status":"PROCESSING","payment_status":"unpaid"},"e":3,"w":1795950353500,"t":4}}',NULL);
INSERT INTO executions VALUES('01a226fb-9d01-7b36-a1b7-79dc79c47bb5','1822f465f752f8a756aa6f9e6ba7ba10d9df68a6fb006f6f12f29b021a1d8a95','RUNNING','ProcessPayment',NULL,NULL,0,1,1,0,1,13537889,@NOW@ + 2666,0,9223372036854775806,0,7,@NOW@ + 2665,NULL,0,1778,'{"orderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","OrderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","order_id":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","number":1009,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":4,"b":1,"r":{"s":"ProcessPayment","p":2,"i":{"orderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","OrderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","order_id":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","number":1009,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"},"e":3,"w":1795950353666,"t":4}}',NULL);
INSERT INTO executions VALUES('01a226fb-adec-73c7-831a-6b3c5fa63f2c','1822f465f752f8a756aa6f9e6ba7ba10d9df68a6fb006f6f12f29b021a1d8a95','RUNNING',NULL,NULL,NULL,0,0,0,0,0,13542218,@NOW@ + 6996,0,13542218,0,0,@NOW@ + 6996,NULL,0,0,NULL,NULL,NULL);
CREATE TABLE execution_events (
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL, -- the number of its first
    events TEXT NOT NULL,
    PRIMARY KEY (order_id, first_event)
) STRICT, WITHOUT ROWID;
INSERT INTO execution_events VALUES('01a226fb-95ef-7f38-b6db-1b90488eba74',1,'[{"id":1,"type":"ExecutionStarted","at":1795950351855,"detail":{"input":{"orderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","OrderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","order_id":"01a226fb-95ef-7f38-b6db-1b90488eba74","number":1001,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950351858,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950351858,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950351858,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","OrderId":"01a226fb-95ef-7f38-b6db-1b90488eba74","order_id":"01a226fb-95ef-7f38-b6db-1b90488eba74","number":1001,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950351858,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950351858,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950351858,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-95fe-725c-9b9c-178dc340e16f',1,'[{"id":1,"type":"ExecutionStarted","at":1795950351870,"detail":{"input":{"orderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","OrderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","order_id":"01a226fb-95fe-725c-9b9c-178dc340e16f","number":1002,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950351877,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950351877,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950351877,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","OrderId":"01a226fb-95fe-725c-9b9c-178dc340e16f","order_id":"01a226fb-95fe-725c-9b9c-178dc340e16f","number":1002,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950351877,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950351877,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950351877,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-9604-7347-84df-f409ccc5ad90',1,'[{"id":1,"type":"ExecutionStarted","at":1795950351876,"detail":{"input":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950351877,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950351877,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950351877,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950351877,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950351877,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950351877,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-9604-7347-84df-f409ccc5ad90',8,'[{"id":8,"type":"TaskSucceeded","at":1795950351888,"state":"ProcessPayment","detail":{"output":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PROCESSING","payment_status":"paid","payment_intent":"pi_b0pEXi7um9d0ksWAlbn4N4nc"}}},{"id":9,"type":"TaskStateExited","at":1795950351888,"state":"ProcessPayment","detail":{},"same":"output"},{"id":10,"type":"TaskStateEntered","at":1795950351888,"state":"UpdateInventory","detail":{},"same":"input"},{"id":11,"type":"TaskScheduled","at":1795950351888,"state":"UpdateInventory","detail":{"resource":"task:UpdateInventory"}},{"id":12,"type":"TaskSucceeded","at":1795950351888,"state":"UpdateInventory","detail":{"output":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":13,"type":"TaskStateExited","at":1795950351888,"state":"UpdateInventory","detail":{},"same":"output"},{"id":14,"type":"TaskStateEntered","at":1795950351888,"state":"GenerateReceipt","detail":{},"same":"input"},{"id":15,"type":"TaskScheduled","at":1795950351888,"state":"GenerateReceipt","detail":{"resource":"task:GenerateReceipt"}}]');
INSERT INTO execution_events VALUES('01a226fb-9604-7347-84df-f409ccc5ad90',16,'[{"id":16,"type":"TaskSucceeded","at":1795950351900,"state":"GenerateReceipt","detail":{"output":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid","sha256":"@SHA256@"}}},{"id":17,"type":"TaskStateExited","at":1795950351900,"state":"GenerateReceipt","detail":{},"same":"output"},{"id":18,"type":"TaskStateEntered","at":1795950351900,"state":"SendNotification","detail":{},"same":"input"},{"id":19,"type":"TaskScheduled","at":1795950351900,"state":"SendNotification","detail":{"resource":"task:SendNotification"}},{"id":20,"type":"TaskSucceeded","at":1795950351900,"state":"SendNotification","detail":{"output":{"orderId":"01a226fb-9604-7347-84df-f409ccc5ad90","OrderId":"01a226fb-9604-7347-84df-f409ccc5ad90","order_id":"01a226fb-9604-7347-84df-f409ccc5ad90","number":1003,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":21,"type":"TaskStateExited","at":1795950351900,"state":"SendNotification","detail":{},"same":"output"},{"id":22,"type":"ExecutionSucceeded","at":1795950351900,"detail":{},"same":"output"}]');
INSERT INTO execution_events VALUES('01a226fb-9608-74a1-8c93-06125fd161b1',1,'[{"id":1,"type":"ExecutionStarted","at":1795950351880,"detail":{"input":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950351888,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950351888,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950351888,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950351888,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950351888,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950351888,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-9608-74a1-8c93-06125fd161b1',8,'[{"id":8,"type":"TaskSucceeded","at":1795950351909,"state":"ProcessPayment","detail":{"output":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"PROCESSING","payment_status":"paid","payment_intent":"pi_pgW0rpz9l6eLN6yizuW0NaFc"}}},{"id":9,"type":"TaskStateExited","at":1795950351909,"state":"ProcessPayment","detail":{},"same":"output"},{"id":10,"type":"TaskStateEntered","at":1795950351909,"state":"UpdateInventory","detail":{},"same":"input"},{"id":11,"type":"TaskScheduled","at":1795950351909,"state":"UpdateInventory","detail":{"resource":"task:UpdateInventory"}},{"id":12,"type":"TaskSucceeded","at":1795950351909,"state":"UpdateInventory","detail":{"output":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":13,"type":"TaskStateExited","at":1795950351909,"state":"UpdateInventory","detail":{},"same":"output"},{"id":14,"type":"TaskStateEntered","at":1795950351909,"state":"GenerateReceipt","detail":{},"same":"input"},{"id":15,"type":"TaskScheduled","at":1795950351909,"state":"GenerateReceipt","detail":{"resource":"task:GenerateReceipt"}}]');
INSERT INTO execution_events VALUES('01a226fb-9608-74a1-8c93-06125fd161b1',16,'[{"id":16,"type":"TaskSucceeded","at":1795950351973,"state":"GenerateReceipt","detail":{"output":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"CONFIRMED","payment_status":"paid","sha256":"@SHA256@"}}},{"id":17,"type":"TaskStateExited","at":1795950351973,"state":"GenerateReceipt","detail":{},"same":"output"},{"id":18,"type":"TaskStateEntered","at":1795950351973,"state":"SendNotification","detail":{},"same":"input"},{"id":19,"type":"TaskScheduled","at":1795950351973,"state":"SendNotification","detail":{"resource":"task:SendNotification"}},{"id":20,"type":"TaskSucceeded","at":1795950351973,"state":"SendNotification","detail":{"output":{"orderId":"01a226fb-9608-74a1-8c93-06125fd161b1","OrderId":"01a226fb-9608-74a1-8c93-06125fd161b1","order_id":"01a226fb-9608-74a1-8c93-06125fd161b1","number":1004,"productId":"mouse","quantity":3,"amount":117,"amount_minor":11700,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":3,"unit_price_minor":3900,"total_minor":11700}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":21,"type":"TaskStateExited","at":1795950351973,"state":"SendNotification","detail":{},"same":"output"},{"id":22,"type":"ExecutionSucceeded","at":1795950351973,"detail":{},"same":"output"}]');
INSERT INTO execution_events VALUES('01a226fb-9608-74a1-8c93-06125fd161b1',23,'[{"id":23,"type":"RefundRequested","at":1795950357986,"detail":{"by":"token staff #1","reason":"dent"}}]');
INSERT INTO execution_events VALUES('01a226fb-960b-7e55-a840-2f4857ee2811',1,'[{"id":1,"type":"ExecutionStarted","at":1795950351883,"detail":{"input":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950351888,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950351888,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950351888,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950351888,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950351888,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950351888,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-960b-7e55-a840-2f4857ee2811',8,'[{"id":8,"type":"TaskSucceeded","at":1795950351909,"state":"ProcessPayment","detail":{"output":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PROCESSING","payment_status":"paid","payment_intent":"pi_j0fpb0mJ0TfjHHSU5IP6jUKq"}}},{"id":9,"type":"TaskStateExited","at":1795950351909,"state":"ProcessPayment","detail":{},"same":"output"},{"id":10,"type":"TaskStateEntered","at":1795950351909,"state":"UpdateInventory","detail":{},"same":"input"},{"id":11,"type":"TaskScheduled","at":1795950351909,"state":"UpdateInventory","detail":{"resource":"task:UpdateInventory"}},{"id":12,"type":"TaskSucceeded","at":1795950351909,"state":"UpdateInventory","detail":{"output":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":13,"type":"TaskStateExited","at":1795950351909,"state":"UpdateInventory","detail":{},"same":"output"},{"id":14,"type":"TaskStateEntered","at":1795950351909,"state":"GenerateReceipt","detail":{},"same":"input"},{"id":15,"type":"TaskScheduled","at":1795950351909,"state":"GenerateReceipt","detail":{"resource":"task:GenerateReceipt"}}]');
INSERT INTO execution_events VALUES('01a226fb-960b-7e55-a840-2f4857ee2811',16,'[{"id":16,"type":"RefundRequested","at":1795950351918,"detail":{"by":"token staff #1","reason":"broken"}}]');
INSERT INTO execution_events VALUES('01a226fb-960b-7e55-a840-2f4857ee2811',17,'[{"id":17,"type":"TaskSucceeded","at":1795950351973,"state":"GenerateReceipt","detail":{"output":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"CONFIRMED","payment_status":"paid","sha256":"7ac2b015f7b6bb4794389d045117415f5d7102723419e9a8e56e1866feec7d93"}}},{"id":18,"type":"TaskStateExited","at":1795950351973,"state":"GenerateReceipt","detail":{},"same":"output"},{"id":19,"type":"TaskStateEntered","at":1795950351973,"state":"SendNotification","detail":{},"same":"input"},{"id":20,"type":"TaskScheduled","at":1795950351973,"state":"SendNotification","detail":{"resource":"task:SendNotification"}},{"id":21,"type":"TaskSucceeded","at":1795950351973,"state":"SendNotification","detail":{"output":{"orderId":"01a226fb-960b-7e55-a840-2f4857ee2811","OrderId":"01a226fb-960b-7e55-a840-2f4857ee2811","order_id":"01a226fb-960b-7e55-a840-2f4857ee2811","number":1005,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":22,"type":"TaskStateExited","at":1795950351973,"state":"SendNotification","detail":{},"same":"output"},{"id":23,"type":"ExecutionSucceeded","at":1795950351973,"detail":{},"same":"output"}]');
INSERT INTO execution_events VALUES('01a226fb-96b7-7b4b-a509-8202eb17fd97',1,'[{"id":1,"type":"ExecutionStarted","at":1795950352055,"detail":{"input":{"orderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","OrderId":"01a226fb-96b7-7b4b-a509-8202eb17fd97","order_id":"01a226fb-96b7-7b4b-a509-8202eb17fd97","number":1006,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"WaitStateEntered","at":1795950352056,"state":"Pause","detail":{},"same":"input"}]');
INSERT INTO execution_events VALUES('01a226fb-98c2-70f3-aeb6-3ef421604166',1,'[{"id":1,"type":"ExecutionStarted","at":1795950352578,"detail":{"input":{"orderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","OrderId":"01a226fb-98c2-70f3-aeb6-3ef421604166","order_id":"01a226fb-98c2-70f3-aeb6-3ef421604166","number":1007,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950352579,"state":"Ask","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950352579,"state":"Ask","detail":{"resource":"task:SaveOrder.waitForTaskToken","parameters":{"token":"y9JTL2bDRXTcI3Nv-VQOzNzgFor0yxsUrHquuiRaZtM"}}},{"id":4,"type":"TaskSubmitted","at":1795950352579,"state":"Ask"}]');
INSERT INTO execution_events VALUES('01a226fb-9c56-71bc-9076-6112b8e01fcc',1,'[{"id":1,"type":"ExecutionStarted","at":1795950353494,"detail":{"input":{"orderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","OrderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","number":1008,"productId":"headphones","quantity":1,"amount":199,"amount_minor":19900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"headphones","productId":"headphones","title":"Headphones","quantity":1,"unit_price_minor":19900,"total_minor":19900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950353500,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950353500,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950353500,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","OrderId":"01a226fb-9c56-71bc-9076-6112b8e01fcc","order_id":"01a226fb-9c56-71bc-9076-6112b8e01fcc","number":1008,"productId":"headphones","quantity":1,"amount":199,"amount_minor":19900,"currency":"EUR","paymentMethod":"hosted","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"headphones","productId":"headphones","title":"Headphones","quantity":1,"unit_price_minor":19900,"total_minor":19900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950353500,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950353500,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950353500,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a226fb-9d01-7b36-a1b7-79dc79c47bb5',1,'[{"id":1,"type":"ExecutionStarted","at":1795950353665,"detail":{"input":{"orderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","OrderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","order_id":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","number":1009,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795950353666,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795950353666,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795950353666,"state":"ValidateOrder","detail":{"output":{"orderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","OrderId":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","order_id":"01a226fb-9d01-7b36-a1b7-79dc79c47bb5","number":1009,"productId":"mouse","quantity":1,"amount":39,"amount_minor":3900,"currency":"EUR","paymentMethod":"pm_card_visa","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":1,"unit_price_minor":3900,"total_minor":3900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795950353666,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795950353666,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795950353666,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
CREATE TABLE task_tokens (
    token TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES executions,
    task_id INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('waiting', 'answered', 'taken', 'expired')),
    answer TEXT,                        -- JSON: {"output"} or {"error","cause"}
    heartbeat INTEGER NOT NULL DEFAULT 0 CHECK (heartbeat IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, task_id)
) STRICT, WITHOUT ROWID;
INSERT INTO task_tokens VALUES('y9JTL2bDRXTcI3Nv-VQOzNzgFor0yxsUrHquuiRaZtM','01a226fb-98c2-70f3-aeb6-3ef421604166',2,'waiting',NULL,0,@NOW@ + 1579);
CREATE TABLE reaper (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    fence INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    heartbeat_boot_ms INTEGER NOT NULL,
    heartbeat_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO reaper VALUES(1,1,'00000000-0000-4000-8000-000000000000',13540249,@NOW@ + 5027);
CREATE TABLE receipts (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    charge_id TEXT NOT NULL, -- gateway_id of the payment; '': nothing to pay
    number INTEGER UNIQUE,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,             -- NULL: not on disk yet
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, charge_id)
) STRICT, WITHOUT ROWID;
INSERT INTO receipts VALUES('01a226fb-9604-7347-84df-f409ccc5ad90','pi_b0pEXi7um9d0ksWAlbn4N4nc',1,'01a226fb-9604-7347-84df-f409ccc5ad90.pdf','@SHA256@',@NOW@ + 888);
INSERT INTO receipts VALUES('01a226fb-9608-74a1-8c93-06125fd161b1','pi_pgW0rpz9l6eLN6yizuW0NaFc',3,'01a226fb-9608-74a1-8c93-06125fd161b1.pdf','@SHA256@',@NOW@ + 909);
INSERT INTO receipts VALUES('01a226fb-960b-7e55-a840-2f4857ee2811','pi_j0fpb0mJ0TfjHHSU5IP6jUKq',2,'01a226fb-960b-7e55-a840-2f4857ee2811.pdf',NULL,@NOW@ + 909);
CREATE TABLE credit_notes (
    number INTEGER PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE REFERENCES refunds,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,             -- NULL: not on disk yet
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO credit_notes VALUES(1,'01a226fb-962e-7bcc-a46b-9717bb39e855','01a226fb-960b-7e55-a840-2f4857ee2811','credit-01a226fb-962e-7bcc-a46b-9717bb39e855.pdf',NULL,1,13596228,@NOW@ + 1004);
CREATE TABLE outbox (
    outbox_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    kind TEXT NOT NULL
        CHECK (kind IN ('confirmation', 'failed', 'cancelled', 'refunded')),
    refund_id TEXT NOT NULL DEFAULT '', -- what a 'refunded' one is about
    recipient TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'sent', 'failed')),
    calls INTEGER NOT NULL DEFAULT 0,
    due_boot_ms INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    message TEXT,
    created_at_ms INTEGER NOT NULL,
    round INTEGER NOT NULL DEFAULT 0, -- the order's redrives so far
    updated_at_ms INTEGER NOT NULL,
    -- 1: failed, and no longer true; never to be sent again.
    superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
    UNIQUE (order_id, kind, round, refund_id)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox VALUES('01a226fb-961c-721c-b5cc-4234607ae9a1','01a226fb-9604-7347-84df-f409ccc5ad90','confirmation','','ada@example.com','due',3,13543156,@NOW@ + 7934,'Couldn''t connect to server',@NOW@ + 900,0,@NOW@ + 3934,0);
INSERT INTO outbox VALUES('01a226fb-9665-7208-b883-c694e1b9f066','01a226fb-9608-74a1-8c93-06125fd161b1','confirmation','','ada@example.com','due',3,13543219,@NOW@ + 7996,'Couldn''t connect to server',@NOW@ + 973,0,@NOW@ + 3996,0);
INSERT INTO outbox VALUES('01a226fb-9665-7a14-8aae-4c80e435924c','01a226fb-960b-7e55-a840-2f4857ee2811','confirmation','','ada@example.com','due',3,13543218,@NOW@ + 7996,'Couldn''t connect to server',@NOW@ + 973,0,@NOW@ + 3996,0);
INSERT INTO outbox VALUES('01a226fb-968d-70f7-b81e-0434219b5795','01a226fb-960b-7e55-a840-2f4857ee2811','refunded','01a226fb-962e-7bcc-a46b-9717bb39e855','ada@example.com','due',3,13543245,@NOW@ + 8023,'Couldn''t connect to server',@NOW@ + 1013,0,@NOW@ + 4023,0);
CREATE TABLE mail_sends (
    send_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE alarms (
    alarm_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    order_id TEXT REFERENCES orders (order_id), -- NULL: of no order
    subject TEXT NOT NULL DEFAULT '', -- such as a gateway's id
    detail TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    closed_by TEXT                    -- an e-mail; NULL: it was settled
) STRICT;
CREATE TABLE staff (
    staff_id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    removed_at_ms INTEGER
) STRICT;
INSERT INTO staff VALUES(1,'staff@shop.example','$argon2id$v=19$m=65536,t=2,p=1$6X4jQstzetPwWVaxPvUW0A$fp39OeuJLJfFX4pqteUKWxS+sle4qiBVSlErqwd4d8Q',@NOW@ + 800,NULL);
CREATE TABLE staff_sessions (
    session_hash TEXT PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff,
    csrf_token TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_failures (
    failure_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,  -- the e-mail, folded; there need be no such staff
    network TEXT NOT NULL,  -- whom the address stands for
    device TEXT NOT NULL,   -- that had signed in to it before; '': none
    failed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE api_tokens (
    token_id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL, -- what it does is told under this name
    role TEXT NOT NULL CHECK (role IN ('staff', 'read')),
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,   -- NULL: never
    last_used_at_ms INTEGER, -- to the hour; NULL: never
    revoked_at_ms INTEGER
) STRICT;
INSERT INTO api_tokens VALUES(1,'c0b3941250f35df113d7a1494ba3f9727a5aafe022ac4d6af63bb225c2694650','staff #1','staff',@NOW@ + 902,NULL,@NOW@ + 973,NULL);
CREATE INDEX products_by_name ON products (name_folded);
CREATE INDEX variants_by_product ON variants (product_id, sku);
CREATE INDEX variants_mostly_reserved ON variants (reserved)
    WHERE reserved > on_hand - reserved;
CREATE INDEX stock_entries_by_sku ON stock_entries (sku);
CREATE UNIQUE INDEX stock_entries_once
    ON stock_entries (order_id, sku, reason, round, refund_id)
    WHERE order_id IS NOT NULL;
CREATE TRIGGER stock_entries_fixed BEFORE UPDATE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE TRIGGER stock_entries_kept BEFORE DELETE ON stock_entries
BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END;
CREATE INDEX orders_by_status ON orders (status, number) WHERE hidden = 0;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);
CREATE INDEX reservations_by_expiry ON reservations (expires_at_ms);
CREATE INDEX reservations_by_sku ON reservations (sku);
CREATE UNIQUE INDEX payment_attempts_one_open ON payment_attempts (order_id)
    WHERE status = 'open';
CREATE INDEX payment_attempts_due ON payment_attempts (due_boot_ms)
    WHERE status = 'open';
CREATE INDEX payment_attempts_untold ON payment_attempts (untold)
    WHERE untold = 1;
CREATE INDEX payment_attempts_by_intent ON payment_attempts (intent_id)
    WHERE intent_id IS NOT NULL;
CREATE INDEX payment_attempts_by_session ON payment_attempts (session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX payment_attempts_by_age ON payment_attempts (created_at_ms);
CREATE INDEX refunds_due ON refunds (due_boot_ms) WHERE status = 'due';
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_by_intent ON refunds (intent_id);
CREATE INDEX refunds_by_gateway_id ON refunds (gateway_id)
    WHERE gateway_id IS NOT NULL;
CREATE UNIQUE INDEX payment_entries_one_charge
    ON payment_entries (order_id, round) WHERE kind = 'charge';
CREATE INDEX payment_entries_by_order ON payment_entries (order_id);
CREATE INDEX payment_entries_by_intent ON payment_entries (intent_id);
CREATE TRIGGER payment_entries_fixed BEFORE UPDATE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE TRIGGER payment_entries_kept BEFORE DELETE ON payment_entries
BEGIN SELECT RAISE(ABORT, 'the payment ledger is append-only'); END;
CREATE INDEX webhook_events_due ON webhook_events (due_boot_ms, sequence)
    WHERE status IN ('due', 'parked');
CREATE INDEX webhook_events_by_age ON webhook_events (received_at_ms);
CREATE INDEX webhook_events_by_status ON webhook_events (status, sequence);
CREATE INDEX reconciliations_open ON reconciliations (status)
    WHERE status IN ('due', 'running');
CREATE INDEX findings_open ON findings (finding_id)
    WHERE settled_at_ms IS NULL;
CREATE INDEX order_origins_by_age ON order_origins (created_at_ms)
    WHERE held = 0;
CREATE INDEX order_origins_held_by_address ON order_origins (address)
    WHERE held = 1;
CREATE INDEX order_origins_held_by_email ON order_origins (email)
    WHERE held = 1;
CREATE INDEX order_origins_not_charged
    ON order_origins (address, created_at_ms) WHERE charged = 0;
CREATE INDEX charge_outcomes_by_subject
    ON charge_outcomes (subject, created_at_ms);
CREATE INDEX charge_outcomes_by_age ON charge_outcomes (created_at_ms);
CREATE INDEX executions_blamed ON executions (crashes) WHERE crashes > 0;
CREATE INDEX executions_due ON executions (due_boot_ms)
    WHERE status = 'RUNNING';
CREATE INDEX executions_queued ON executions (queued, order_id)
    WHERE status = 'RUNNING' AND queued = 1;
CREATE INDEX executions_to_thin ON executions (ended_at_ms)
    WHERE ended_at_ms IS NOT NULL AND thinned = 0;
CREATE INDEX receipts_unmade ON receipts (order_id) WHERE sha256 IS NULL;
CREATE INDEX credit_notes_due ON credit_notes (due_boot_ms)
    WHERE sha256 IS NULL;
CREATE INDEX credit_notes_by_order ON credit_notes (order_id);
CREATE INDEX outbox_due ON outbox (due_boot_ms) WHERE status = 'due';
CREATE INDEX outbox_failed ON outbox (updated_at_ms)
    WHERE status = 'failed' AND superseded = 0;
CREATE INDEX mail_sends_by_subject ON mail_sends (subject, created_at_ms);
CREATE INDEX mail_sends_by_age ON mail_sends (created_at_ms);
CREATE UNIQUE INDEX alarms_one_open
    ON alarms (kind, COALESCE(order_id, ''), subject)
    WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_open ON alarms (alarm_id) WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_by_order ON alarms (order_id);
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at_ms);
CREATE INDEX sign_in_failures_by_account
    ON sign_in_failures (account, failed_at_ms);
CREATE INDEX sign_in_failures_by_network
    ON sign_in_failures (network, failed_at_ms);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (failed_at_ms);
CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (name)
    WHERE revoked_at_ms IS NULL;
COMMIT;
