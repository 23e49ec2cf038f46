-- A shop's database of version 3, for upgrade-3.test.mjs, as that version wrote
-- it: two orders paid by hand - 1001 still waits for its money, 1002 (its key:
-- of-version-3) is paid and served - and a product and a customer whose names
-- hold combining characters. The test fills in what stands between at signs.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('currency','EUR');
INSERT INTO settings VALUES('health_probe_boot_ms','1835858');
INSERT INTO settings VALUES('shop_profile','1');
INSERT INTO settings VALUES('signing_key','363e15ba56fba06d888bd249b457066a5e3a9e8a982527ce8dbb79dd19b3dfcc');
INSERT INTO settings VALUES('task_secret','whsec_3YRigrSJAQMGOM+f7ALP3HRn+V8n2hO4l/zIzVP2f8o=');
INSERT INTO settings VALUES('version','3');
INSERT INTO settings VALUES('workflow','76d3d43c056a6865751dd0521f7b61569a2c11eba0e57e3fc04949e3b98602f4');
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
INSERT INTO products VALUES('01a22649-0d25-7ab5-bd65-d2ba6b2c5347','Backpack','backpack','Rain-proof 20-litre backpack with a padded sleeve for the laptop.',@NOW@ + 429);
INSERT INTO products VALUES('01a22649-0d26-7e3e-acb8-a74f6581ce3a','Charger','charger','65 W USB-C charger, small enough for a jacket pocket.',@NOW@ + 430);
INSERT INTO products VALUES('01a22649-0d27-7477-ba5f-c7639e63178c','Docking station','docking station','One cable for two monitors, network, sound and everything else.',@NOW@ + 431);
INSERT INTO products VALUES('01a22649-0d28-7906-9dd6-15f5d387bac2','Webcam','webcam','1080p webcam with a privacy shutter and a microphone people can hear.',@NOW@ + 432);
INSERT INTO products VALUES('01a22649-0d29-7ad3-a022-753d77c220f2','Monitor','monitor','27-inch 4K monitor, height adjustable, charges a laptop over USB-C.',@NOW@ + 433);
INSERT INTO products VALUES('01a22649-0d2a-78af-a27e-c4733f86f0bf','Mouse','mouse','Wireless mouse for either hand; works on glass and on the train table.',@NOW@ + 434);
INSERT INTO products VALUES('01a22649-0d2b-77ad-85fd-8a0fbf08c587','Keyboard','keyboard','Mechanical keyboard with quiet switches and a layout of your choice.',@NOW@ + 435);
INSERT INTO products VALUES('01a22649-0d2c-705c-8059-6a4beb0c98fc','Headphones','headphones','Over-ear headphones with noise cancelling and 30 hours on one charge.',@NOW@ + 436);
INSERT INTO products VALUES('01a22649-0d2d-7e1d-832c-9ac55871d2a2','Phone','phone','6.1-inch phone with 128 GB, two cameras and five years of updates.',@NOW@ + 437);
INSERT INTO products VALUES('01a22649-0d2e-7602-b21f-b5e448ade246','Laptop','laptop','14-inch laptop with 16 GB of memory, a 512 GB drive and a keyboard that lasts.',@NOW@ + 438);
INSERT INTO products VALUES('01a22649-0e6e-7022-be3e-8d60aa99c128','Café Creme','café creme','Coffee',@NOW@ + 758);
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
INSERT INTO variants VALUES('backpack','backpack','01a22649-0d25-7ab5-bd65-d2ba6b2c5347','Backpack',7900,45,0);
INSERT INTO variants VALUES('cafe','cafe','01a22649-0e6e-7022-be3e-8d60aa99c128','Café Creme',350,20,0);
INSERT INTO variants VALUES('charger','charger','01a22649-0d26-7e3e-acb8-a74f6581ce3a','Charger',3500,90,0);
INSERT INTO variants VALUES('dock','dock','01a22649-0d27-7477-ba5f-c7639e63178c','Docking station',14900,35,0);
INSERT INTO variants VALUES('headphones','headphones','01a22649-0d2c-705c-8059-6a4beb0c98fc','Headphones',19900,80,0);
INSERT INTO variants VALUES('keyboard','keyboard','01a22649-0d2b-77ad-85fd-8a0fbf08c587','Keyboard',8900,74,0);
INSERT INTO variants VALUES('laptop','laptop','01a22649-0d2e-7602-b21f-b5e448ade246','Laptop',129900,40,0);
INSERT INTO variants VALUES('monitor','monitor','01a22649-0d29-7ad3-a022-753d77c220f2','Monitor',37900,30,0);
INSERT INTO variants VALUES('mouse','mouse','01a22649-0d2a-78af-a27e-c4733f86f0bf','Mouse',3900,100,2);
INSERT INTO variants VALUES('phone','phone','01a22649-0d2d-7e1d-832c-9ac55871d2a2','Phone',69900,60,0);
INSERT INTO variants VALUES('webcam','webcam','01a22649-0d28-7906-9dd6-15f5d387bac2','Webcam',5900,50,0);
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
INSERT INTO stock_entries VALUES(1,'laptop',40,'import',NULL,0,'',@NOW@ + 438);
INSERT INTO stock_entries VALUES(2,'phone',60,'import',NULL,0,'',@NOW@ + 437);
INSERT INTO stock_entries VALUES(3,'headphones',80,'import',NULL,0,'',@NOW@ + 436);
INSERT INTO stock_entries VALUES(4,'keyboard',75,'import',NULL,0,'',@NOW@ + 435);
INSERT INTO stock_entries VALUES(5,'mouse',100,'import',NULL,0,'',@NOW@ + 434);
INSERT INTO stock_entries VALUES(6,'monitor',30,'import',NULL,0,'',@NOW@ + 433);
INSERT INTO stock_entries VALUES(7,'webcam',50,'import',NULL,0,'',@NOW@ + 432);
INSERT INTO stock_entries VALUES(8,'dock',35,'import',NULL,0,'',@NOW@ + 431);
INSERT INTO stock_entries VALUES(9,'charger',90,'import',NULL,0,'',@NOW@ + 430);
INSERT INTO stock_entries VALUES(10,'backpack',45,'import',NULL,0,'',@NOW@ + 429);
INSERT INTO stock_entries VALUES(11,'cafe',20,'import',NULL,0,'',@NOW@ + 758);
INSERT INTO stock_entries VALUES(12,'keyboard',-1,'sold','01a22649-0e9f-7c20-a45f-99330d55e98c',0,'',@NOW@ + 827);
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
INSERT INTO orders VALUES(1001,'01a22649-0e93-7359-b2c6-fe7db9d5af70','Pq3gXkJhJT51d_B0iyzGGQj21001','PROCESSING','pending',NULL,'manual',7800,'Ada Lovelace','ada@example.com',1,NULL,0,NULL,@NOW@ + 795,@NOW@ + 796);
INSERT INTO orders VALUES(1002,'01a22649-0e9f-7c20-a45f-99330d55e98c','ulcUEXgyo40UdlmHnTn98qK91002','CONFIRMED','paid',NULL,'manual',8900,'Zoë Strauß','zoe@example.com',1,NULL,0,@NOW@ + 827,@NOW@ + 807,@NOW@ + 827);
CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    line_no INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES variants,
    title TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO order_lines VALUES('01a22649-0e93-7359-b2c6-fe7db9d5af70',1,'mouse','Mouse',2,3900);
INSERT INTO order_lines VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c',1,'keyboard','Keyboard',1,8900);
CREATE TABLE order_words (
    word TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES orders,
    PRIMARY KEY (word, number)
) STRICT, WITHOUT ROWID;
INSERT INTO order_words VALUES('ada lovelace',1001);
INSERT INTO order_words VALUES('ada@example.com',1001);
INSERT INTO order_words VALUES('lovelace',1001);
INSERT INTO order_words VALUES('strauß',1002);
INSERT INTO order_words VALUES('zoe@example.com',1002);
INSERT INTO order_words VALUES('zoë strauß',1002);
CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_keys VALUES('of-version-3','9f306081358fe53086aee12e48154f891a1bd7c32c64fcf5f6b89b80bb8379fa',201,'http://127.0.0.1:24417/orders/01a22649-0e9f-7c20-a45f-99330d55e98c',replace('{"message":"Order placed","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"status":"PENDING","total_minor":8900,"currency":"EUR","created_at":"2026-11-29T07:50:51.807Z","track_url":"http://127.0.0.1:24417/track/ulcUEXgyo40UdlmHnTn98qK91002","payment_url":null}\n','\n',char(10)),@NOW@ + 807);
CREATE TABLE reservations (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO reservations VALUES('01a22649-0e93-7359-b2c6-fe7db9d5af70','mouse',2,@NOW@ + 1800796);
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
    UNIQUE (order_id, attempt_no)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_attempts VALUES('01a22649-0e94-7ae3-90e3-a3a28ef8a356','01a22649-0e93-7359-b2c6-fe7db9d5af70',1,'manual','open','wait',0,0,9223372036854775807,@NOW@ + 796,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,@NOW@ + 796,@NOW@ + 796);
INSERT INTO payment_attempts VALUES('01a22649-0ea2-7bc6-81b2-5f9565d10751','01a22649-0e9f-7c20-a45f-99330d55e98c',1,'manual','succeeded','wait',0,0,9223372036854775807,@NOW@ + 810,NULL,NULL,'manual-01a22649-0ea2-7bc6-81b2-5f9565d10751',NULL,NULL,NULL,NULL,NULL,'staff token: bank',0,0,@NOW@ + 810,@NOW@ + 824);
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
CREATE TABLE refund_lines (
    refund_id TEXT NOT NULL REFERENCES refunds,
    sku TEXT NOT NULL REFERENCES variants,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (refund_id, sku)
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
INSERT INTO payment_entries VALUES(1,'01a22649-0e9f-7c20-a45f-99330d55e98c','charge',8900,'manual-01a22649-0ea2-7bc6-81b2-5f9565d10751','manual-01a22649-0ea2-7bc6-81b2-5f9565d10751',0,@NOW@ + 824);
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
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged IN (0, 1)) -- its charge ended
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
INSERT INTO definitions VALUES('76d3d43c056a6865751dd0521f7b61569a2c11eba0e57e3fc04949e3b98602f4',replace('{\n  "Comment": "What happens to an order once it is placed. Amazon States Language; the tasks are the files of reaper/. Whatever ends without success is undone by the reaper itself: stock released, payment refunded, customer told.",\n  "StartAt": "ValidateOrder",\n  "States": {\n    "ValidateOrder": {\n      "Type": "Task",\n      "Comment": "Checks products and prices once more and reserves the stock.",\n      "Resource": "task:ValidateOrder",\n      "Catch": [\n        { "ErrorEquals": ["Order.OutOfStock"], "Next": "OutOfStock" }\n      ],\n      "Next": "ProcessPayment"\n    },\n    "ProcessPayment": {\n      "Type": "Task",\n      "Comment": "Charges once. An answer that is not known yet is waited for and is no error.",\n      "Resource": "task:ProcessPayment",\n      "Next": "UpdateInventory"\n    },\n    "UpdateInventory": {\n      "Type": "Task",\n      "Comment": "Turns the reservation into a sale; the order is CONFIRMED.",\n      "Resource": "task:UpdateInventory",\n      "Next": "GenerateReceipt"\n    },\n    "GenerateReceipt": {\n      "Type": "Task",\n      "Comment": "Writes the PDF. The order is paid: so it is tried for hours.",\n      "Resource": "task:GenerateReceipt",\n      "Retry": [\n        {\n          "ErrorEquals": ["Receipt.WriteFailed"],\n          "IntervalSeconds": 1,\n          "BackoffRate": 2,\n          "MaxDelaySeconds": 300,\n          "MaxAttempts": 2000,\n          "JitterStrategy": "FULL"\n        }\n      ],\n      "Next": "SendNotification"\n    },\n    "SendNotification": {\n      "Type": "Task",\n      "Comment": "Queues the confirmation with the receipt; the outbox delivers it.",\n      "Resource": "task:SendNotification",\n      "End": true\n    },\n    "OutOfStock": {\n      "Type": "Fail",\n      "Error": "Order.OutOfStock",\n      "Cause": "Something in the order sold out before it could be reserved. Nothing was charged."\n    }\n  }\n}\n','\n',char(10)),@NOW@ + 438);
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
INSERT INTO executions VALUES('01a22649-0e93-7359-b2c6-fe7db9d5af70','76d3d43c056a6865751dd0521f7b61569a2c11eba0e57e3fc04949e3b98602f4','RUNNING','ProcessPayment',NULL,NULL,0,1,0,0,1,1836019,@NOW@ + 797,0,9223372036854775806,0,7,@NOW@ + 795,NULL,0,1766,'{"orderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","OrderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","order_id":"01a22649-0e93-7359-b2c6-fe7db9d5af70","number":1001,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PENDING","payment_status":"unpaid"}','{"v":1,"n":4,"b":1,"r":{"s":"ProcessPayment","p":2,"i":{"orderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","OrderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","order_id":"01a22649-0e93-7359-b2c6-fe7db9d5af70","number":1001,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PROCESSING","payment_status":"unpaid"},"e":3,"w":1795938651796,"t":4}}',NULL);
INSERT INTO executions VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c','76d3d43c056a6865751dd0521f7b61569a2c11eba0e57e3fc04949e3b98602f4','SUCCEEDED','SendNotification',NULL,NULL,0,3,0,0,25,1836055,@NOW@ + 832,0,1896050,0,23,@NOW@ + 807,@NOW@ + 832,0,3793,'{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PENDING","payment_status":"unpaid"}',NULL,'{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}');
CREATE TABLE execution_events (
    order_id TEXT NOT NULL REFERENCES executions,
    first_event INTEGER NOT NULL, -- the number of its first
    events TEXT NOT NULL,
    PRIMARY KEY (order_id, first_event)
) STRICT, WITHOUT ROWID;
INSERT INTO execution_events VALUES('01a22649-0e93-7359-b2c6-fe7db9d5af70',1,'[{"id":1,"type":"ExecutionStarted","at":1795938651795,"detail":{"input":{"orderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","OrderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","order_id":"01a22649-0e93-7359-b2c6-fe7db9d5af70","number":1001,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795938651796,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795938651796,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795938651796,"state":"ValidateOrder","detail":{"output":{"orderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","OrderId":"01a22649-0e93-7359-b2c6-fe7db9d5af70","order_id":"01a22649-0e93-7359-b2c6-fe7db9d5af70","number":1001,"productId":"mouse","quantity":2,"amount":78,"amount_minor":7800,"currency":"EUR","paymentMethod":"manual","customerName":"Ada Lovelace","email":"ada@example.com","customerEmail":"ada@example.com","items":[{"sku":"mouse","productId":"mouse","title":"Mouse","quantity":2,"unit_price_minor":3900,"total_minor":7800}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795938651796,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795938651796,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795938651796,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c',1,'[{"id":1,"type":"ExecutionStarted","at":1795938651807,"detail":{"input":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PENDING","payment_status":"unpaid"}}},{"id":2,"type":"TaskStateEntered","at":1795938651810,"state":"ValidateOrder","detail":{},"same":"input"},{"id":3,"type":"TaskScheduled","at":1795938651810,"state":"ValidateOrder","detail":{"resource":"task:ValidateOrder"}},{"id":4,"type":"TaskSucceeded","at":1795938651810,"state":"ValidateOrder","detail":{"output":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PROCESSING","payment_status":"unpaid"}}},{"id":5,"type":"TaskStateExited","at":1795938651810,"state":"ValidateOrder","detail":{},"same":"output"},{"id":6,"type":"TaskStateEntered","at":1795938651810,"state":"ProcessPayment","detail":{},"same":"input"},{"id":7,"type":"TaskScheduled","at":1795938651810,"state":"ProcessPayment","detail":{"resource":"task:ProcessPayment"}}]');
INSERT INTO execution_events VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c',8,'[{"id":8,"type":"OrderMarkedPaid","at":1795938651824,"detail":{"by":"staff token","reason":"bank"}}]');
INSERT INTO execution_events VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c',9,'[{"id":9,"type":"TaskSucceeded","at":1795938651827,"state":"ProcessPayment","detail":{"output":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"PROCESSING","payment_status":"paid","payment_intent":"manual-01a22649-0ea2-7bc6-81b2-5f9565d10751"}}},{"id":10,"type":"TaskStateExited","at":1795938651827,"state":"ProcessPayment","detail":{},"same":"output"},{"id":11,"type":"TaskStateEntered","at":1795938651827,"state":"UpdateInventory","detail":{},"same":"input"},{"id":12,"type":"TaskScheduled","at":1795938651827,"state":"UpdateInventory","detail":{"resource":"task:UpdateInventory"}},{"id":13,"type":"TaskSucceeded","at":1795938651827,"state":"UpdateInventory","detail":{"output":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":14,"type":"TaskStateExited","at":1795938651827,"state":"UpdateInventory","detail":{},"same":"output"},{"id":15,"type":"TaskStateEntered","at":1795938651827,"state":"GenerateReceipt","detail":{},"same":"input"},{"id":16,"type":"TaskScheduled","at":1795938651827,"state":"GenerateReceipt","detail":{"resource":"task:GenerateReceipt"}}]');
INSERT INTO execution_events VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c',17,'[{"id":17,"type":"TaskSucceeded","at":1795938651832,"state":"GenerateReceipt","detail":{"output":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid","sha256":"@SHA256@"}}},{"id":18,"type":"TaskStateExited","at":1795938651832,"state":"GenerateReceipt","detail":{},"same":"output"},{"id":19,"type":"TaskStateEntered","at":1795938651832,"state":"SendNotification","detail":{},"same":"input"},{"id":20,"type":"TaskScheduled","at":1795938651832,"state":"SendNotification","detail":{"resource":"task:SendNotification"}},{"id":21,"type":"TaskSucceeded","at":1795938651832,"state":"SendNotification","detail":{"output":{"orderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","OrderId":"01a22649-0e9f-7c20-a45f-99330d55e98c","order_id":"01a22649-0e9f-7c20-a45f-99330d55e98c","number":1002,"productId":"keyboard","quantity":1,"amount":89,"amount_minor":8900,"currency":"EUR","paymentMethod":"manual","customerName":"Zoë Strauß","email":"zoe@example.com","customerEmail":"zoe@example.com","items":[{"sku":"keyboard","productId":"keyboard","title":"Keyboard","quantity":1,"unit_price_minor":8900,"total_minor":8900}],"status":"CONFIRMED","payment_status":"paid"}}},{"id":22,"type":"TaskStateExited","at":1795938651832,"state":"SendNotification","detail":{},"same":"output"},{"id":23,"type":"ExecutionSucceeded","at":1795938651832,"detail":{},"same":"output"}]');
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
CREATE TABLE reaper (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    fence INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    heartbeat_boot_ms INTEGER NOT NULL,
    heartbeat_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO reaper VALUES(1,1,'4f4dc943-00c2-43f3-aafc-6459cb53988b',1836095,@NOW@ + 873);
CREATE TABLE receipts (
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    charge_id TEXT NOT NULL, -- gateway_id of the payment; '': nothing to pay
    number INTEGER UNIQUE,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT,             -- NULL: not on disk yet
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, charge_id)
) STRICT, WITHOUT ROWID;
INSERT INTO receipts VALUES('01a22649-0e9f-7c20-a45f-99330d55e98c','manual-01a22649-0ea2-7bc6-81b2-5f9565d10751',1,'01a22649-0e9f-7c20-a45f-99330d55e98c.pdf','@SHA256@',@NOW@ + 827);
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
    UNIQUE (order_id, kind, round, refund_id)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox VALUES('01a22649-0eb8-7160-88c2-108d55d43a45','01a22649-0e9f-7c20-a45f-99330d55e98c','confirmation','','zoe@example.com','sent',1,1956055,@NOW@ + 120833,NULL,@NOW@ + 832,0,@NOW@ + 835);
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
    created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO staff VALUES(1,'staff@shop.example','$argon2id$v=19$m=65536,t=2,p=1$OHU022vdXplgr7eRGbNtBQ$sXjuOAXpI5MrpAsw8JncqimT+rWyt1veOLW+EHlh+3Y',@NOW@ + 689);
CREATE TABLE staff_sessions (
    session_hash TEXT PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff,
    csrf_token TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_failures (
    failure_id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    failed_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE api_tokens (
    token_hash TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('staff')),
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO api_tokens VALUES('49154993ece9031ae5127cabd24c175700e6d00743c494326e88b75356020292','staff',@NOW@ + 817);
INSERT INTO api_tokens VALUES('cea005b0db878291b08dac0a29e102b755ada69c967dc3240a9e00a1e3b153dc','staff',@NOW@ + 766);
CREATE INDEX products_by_name ON products (name_folded);
CREATE INDEX variants_by_product ON variants (product_id, sku);
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
CREATE INDEX order_origins_by_age ON order_origins (created_at_ms);
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
CREATE UNIQUE INDEX alarms_one_open
    ON alarms (kind, COALESCE(order_id, ''), subject)
    WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_open ON alarms (alarm_id) WHERE closed_at_ms IS NULL;
CREATE INDEX alarms_by_order ON alarms (order_id);
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at_ms);
CREATE INDEX sign_in_failures_by_subject
    ON sign_in_failures (subject, failed_at_ms);
