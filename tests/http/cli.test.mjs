// `ordermill`: its verbs, apart from serve and verify.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile }
    from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ordermill, root, runCommand, startShop } from './shop.mjs';

// What the caller's shell says of another shop does not count here.
function homeAt(home, env = {}) {
    const kept = Object.entries(process.env)
        .filter(([name]) => !name.startsWith('ORDERMILL_'));
    return { ...Object.fromEntries(kept), ORDERMILL_HOME: home, ...env };
}

function assertFails(done, pattern, code = 1) {
    assert.equal(done.code, code, done.stdout + done.stderr);
    assert.equal(done.signal, null);
    assert.match(done.stderr, pattern);
}

describe('without a shop', () => {
    let folder;
    before(async () => { folder = await mkdtemp(join(tmpdir(), 'om-cli-')); });
    after(() => rm(folder, { recursive: true, force: true }));

    const run = (home, words, env) => runCommand(ordermill, words,
        homeAt(join(folder, home), env));

    test('it prints its verbs', async () => {
        const { code, stdout } = await run('none', []);
        assert.equal(code, 0);
        for (const verb of ['serve', 'init', 'import products FILE.csv',
            'admin create EMAIL', 'token create --role staff', 'verify'])
            assert.ok(stdout.includes(verb), verb);
    });

    test('it refuses what it does not know', async () => {
        for (const words of [['dance'], ['import'], ['import', 'users'],
            ['admin'], [''], ['--help-me']])
            assertFails(await run('none', words), /usage/i, 2);
        for (const words of [['init', 'x'], ['verify', 'x'], ['serve', 'x'],
            ['token', 'list', 'x'], ['workflow', 'load', 'x'],
            ['admin', 'create'], ['admin', 'create', 'a@b.example', 'x'],
            ['token', 'create'], ['token', 'create', '--role'],
            ['import', 'products'], ['token', 'create', 'staff']])
            assertFails(await run('none', words), /usage/i, 2);
        assert.deepEqual(await readdir(folder), []);
    });

    test('what needs a shop says so', async () => {
        for (const words of [['verify'], ['admin', 'create', 'a@b.example'],
            ['token', 'create', '--role', 'staff'],
            ['import', 'products', join(root, 'db/catalogue.csv')]])
            assertFails(await run('none', words), /ordermill init/);
    });

    test('init makes a shop, once', async () => {
        for (let i = 0; i < 2; i++) {
            const { code, stderr } = await run('made', ['init']);
            assert.equal(code, 0, stderr);
        }
        const home = join(folder, 'made');
        assert.equal((await stat(home)).mode & 0o777, 0o700);
        assert.equal((await stat(join(home, 'ordermill.db'))).mode & 0o777,
            0o600);
        for (const name of ['receipts', 'mail', 'run', 'log'])
            assert.ok((await stat(join(home, name))).isDirectory());
        const verified = await run('made', ['verify']);
        assert.equal(verified.code, 0, verified.stdout);
        assert.match(verified.stdout, /10 checked/);
    });

    test('init refuses what cannot be', async () => {
        assertFails(await run('made', ['init'],
            { ORDERMILL_CURRENCY: 'USD' }), /EUR/);
        for (const [env, pattern] of [
            [{ ORDERMILL_CURRENCY: 'XXQ' }, /ORDERMILL_CURRENCY/],
            [{ ORDERMILL_CURRENCY: 'eur' }, /ORDERMILL_CURRENCY/],
            [{ ORDERMILL_LISTEN: 'nowhere' }, /ORDERMILL_LISTEN/],
            [{ ORDERMILL_LISTEN: '127.0.0.1:99999' }, /ORDERMILL_LISTEN/],
            [{ ORDERMILL_RATE_LIMIT: 'x' }, /ORDERMILL_RATE_LIMIT/],
            [{ ORDERMILL_BASE_URL: 'ftp://x' }, /ORDERMILL_BASE_URL/],
            [{ ORDERMILL_BASE_URL: 'http://127.0.0.1:8080/shop' },
                /ORDERMILL_BASE_URL: .*write http:\/\/127\.0\.0\.1:8080$/m],
            [{ ORDERMILL_BASE_URL: 'http://[::]:8080' },
                /ORDERMILL_BASE_URL: .*https:\/\/shop\.example/],
            [{ ORDERMILL_TIMEZONE: 'Europe/Berln' },
                /ORDERMILL_TIMEZONE: .*Europe\/Berlin/],
            [{ ORDERMILL_SMTP_URL: 'mail.example:25' }, /ORDERMILL_SMTP_URL/],
            [{ ORDERMILL_SHOP_NAME: 'a\nb' }, /ORDERMILL_SHOP_NAME/],
            [{ ORDERMILL_WORKFLOW: '/nowhere.json' }, /nowhere\.json/]])
            assertFails(await run('refused', ['init'], env), pattern);
    });

    test('init refuses a workflow that cannot run', async () => {
        const good = JSON.parse(await readFile(
            join(root, 'db/order-workflow.asl.json'), 'utf8'));
        for (const [i, [change, pattern]] of [
            [(w) => { w.StartAt = 'Nowhere'; }, /StartAt|Nowhere/],
            [(w) => { w.States.ProcessPayment.Resource = 'task:Steal'; },
                /ProcessPayment.*task:Steal/],
            [(w) => { w.States.ValidateOrder.Next = 'Gone'; },
                /\/States\/ValidateOrder\/Next/],
            [(w) => { w.States.SendNotification.End = 'yes'; }, /End/],
        ].entries()) {
            const workflow = structuredClone(good);
            change(workflow);
            const file = join(folder, `workflow-${i}.json`);
            await writeFile(file, JSON.stringify(workflow));
            assertFails(await run('workflow', ['init'],
                { ORDERMILL_WORKFLOW: file }), pattern);
        }
    });
});

describe('with a shop', () => {
    let shop;
    let files = 0;
    before(async () => { shop = await startShop(); });
    after(() => shop?.stop());

    const product = async (sku) =>
        (await shop.request('GET', `/products/${sku}`)).json;

    async function importBytes(bytes, ...words) {
        const file = join(shop.home, `import-${files++}.csv`);
        await writeFile(file, bytes);
        return shop.run('import', 'products', file, ...words);
    }

    const header = 'sku,name,description,price,stock';
    const importRows = (...rows) =>
        importBytes([header, ...rows, ''].join('\n'));

    test('token create prints a token and nothing else', async () => {
        const tokens = new Set();
        for (let i = 0; i < 2; i++) {
            const { code, stdout, stderr } = await shop.run('token', 'create',
                '--role', 'staff');
            assert.equal(code, 0);
            assert.equal(stderr, '');
            assert.match(stdout, /^[\w-]{22,}\n$/);
            tokens.add(stdout.trim());
        }
        assert.equal(tokens.size, 2);
        for (const token of tokens)
            assert.equal((await shop.request('GET', '/orders', { headers:
                { authorization: `Bearer ${token}` } })).status, 200);
        for (const role of ['admin', 'Staff', '', 'customer'])
            assertFails(await shop.run('token', 'create', '--role', role),
                /role/);
    });

    test('admin create prints who and the password', async () => {
        const passwords = new Set();
        for (const email of ['a@shop.example', 'B.c+d@shop.example',
            'a@shop.example']) {
            const { code, stdout } = await shop.run('admin', 'create', email);
            assert.equal(code, 0);
            const [first, password, ...more] = stdout.trim().split(/\s+/);
            assert.equal(first, email);
            assert.match(password, /^[a-z2-9-]{19,}$/);
            assert.deepEqual(more, []);
            passwords.add(password);
        }
        assert.equal(passwords.size, 3);
        for (const email of ['', 'a', 'a@', 'a b@c.example', 'a@b\r\n',
            `${'x'.repeat(300)}@b.example`])
            assertFails(await shop.run('admin', 'create', email),
                /not an e-mail address/);
    });

    test('import adds and updates', async () => {
        const added = await importBytes('\ufeffSKU,Name,description,price,' +
            'stock\r\nnew-1,"New, ""fine""","a\r\nb",1.5,7\r\n\r\n' +
            'new-2,Neu ß,,0,0');
        assert.equal(added.code, 0, added.stderr);
        assert.match(added.stdout, /2 products imported/);
        const one = await product('new-1');
        assert.equal(one.name, 'New, "fine"');
        assert.equal(one.price_minor, 150);
        assert.equal(one.available, 7);
        const updated = await importBytes(`${header}\nNEW-1,Newer,x,2.00,3`,
            '--recount');
        assert.equal(updated.code, 0, updated.stderr);
        assert.deepEqual({ ...one, name: 'Newer', description: 'x',
            price_minor: 200, price_text: '€2.00', available: 3,
            variants: [{ sku: 'new-1', title: 'Newer', price_minor: 200,
                price_text: '€2.00', available: 3 }] },
        await product('new-1'));
        assert.equal((await product('mouse')).available, 100);
    });

    test('import takes all rows or none, and names the bad one', async () => {
        const good = 'bad-1,Good,,1,1';
        for (const [row, pattern] of [
            ['bad 2,Name,,1,1', /line 3.*sku/], [',Name,,1,1', /line 3.*sku/],
            [`${'x'.repeat(65)},Name,,1,1`, /line 3.*sku/],
            ['bad-2,,,1,1', /line 3.*name/],
            ['bad-2, ,,1,1', /line 3.*name/],
            [`bad-2,${'x'.repeat(201)},,1,1`, /line 3.*name/],
            ['bad-2,"a\nb",,1,1', /line 3.*name/],
            ['bad-2,Name,,1.001,1', /line 3.*price/],
            ['bad-2,Name,,-1,1', /line 3.*price/],
            ['bad-2,Name,,1e3,1', /line 3.*price/],
            ['bad-2,Name,,"1,50",1', /line 3.*price/],
            ['bad-2,Name,,,1', /line 3.*price/],
            ['bad-2,Name,,€1,1', /line 3.*price/],
            ['bad-2,Name,,99999999999999999999,1', /line 3.*price/],
            ['bad-2,Name,,1,-1', /line 3.*stock/],
            ['bad-2,Name,,1,1.5', /line 3.*stock/],
            ['bad-2,Name,,1,9999999999', /line 3.*stock/],
            ['bad-2,Name,,1', /line 3.*columns/],
            ['bad-2,Name,,1,1,1', /line 3.*columns/],
            ['bad-2,"Name,,1,1', /line 3.*quote/],
            ['bad-2,"Na"me,,1,1', /line 3.*quote/],
            ['BAD-1,Again,,1,1', /line 3.*twice/]]) {
            const done = await importRows(good, row);
            assertFails(done, pattern);
            assert.match(done.stderr, /nothing was imported/);
        }
        assert.equal((await product('bad-1')).status, 404);
        assertFails(await importRows('a b,Name,,1,1', 'bad-2,Name,,x,y'),
            /line 2.*\n.*line 3.*price.*\n.*line 3.*stock/);
    });

    test('import refuses what is no catalogue', async () => {
        for (const [bytes, pattern] of [['', /sku,name/], ['\n', /sku,name/],
            ['sku,name\na,b\n', /line 1/], ['a;b;c;d;e\n', /line 1/],
            [Buffer.from([0xff, 0xfe, 0x00]), /UTF-8/],
            [`${header}\na,b\0c,,1,1\n`, /./]])
            assertFails(await importBytes(bytes), pattern);
        assertFails(await shop.run('import', 'products', '/nowhere.csv'),
            /nowhere\.csv/);
        assertFails(await shop.run('import', 'products', shop.home), /./);
        assert.equal((await importBytes(`${header}\n`)).code, 0);
    });

    test('import keeps what is reserved', async () => {
        assert.equal((await importRows('held,Held,,1,5')).code, 0);
        await shop.placeAndWait({ items: [{ sku: 'held', quantity: 3 }],
            payment_method: 'pm_local_error_500' }, ['PROCESSING']);
        for (const [columns, value, ...words] of [
            ['stock', '2', '--recount'], ['stock_change', '-3'],
            ['stock,stock_seen', '4,7']]) {
            const commas = ','.repeat(columns.split(',').length - 1);
            assertFails(await importBytes('sku,name,description,price,' +
                `${columns}\nother,Other,,1,0${commas}\n` +
                `held,Held,,2,${value}\n`, ...words),
            /line 3, column stock(_change)?: leaves less than is reserved/);
            assert.equal((await product('other')).status, 404);
            assert.equal((await product('held')).price_minor, 100);
        }
        assert.equal((await importBytes(`${header}\nheld,Held,,1,3\n`,
            '--recount')).code, 0);
        assert.equal((await product('held')).available, 0);
    });

    test('import again undoes no sale', async () => {
        const file = `${header}\nwool,Wool,Red,5,10\nyarn,Yarn,Red,6,10\n`;
        const first = await importBytes(file);
        assert.equal(first.code, 0, first.stderr);
        assert.equal(first.stdout, '2 products imported\n');
        await shop.placeAndWait({ items: [{ sku: 'wool', quantity: 2 }] });
        for (const [again, price] of [[file, 500],
            [file.replace('Red,5,10', 'Red,5.50,'), 550]]) {
            const done = await importBytes(again);
            assert.equal(done.code, 0, done.stderr);
            assert.match(done.stdout, /^2 products imported\n.*\b2 products.*\n$/);
            const wool = await product('wool');
            assert.equal(wool.available, 8);
            assert.equal(wool.price_minor, price);
        }
    });

    test('import changes what its columns name', async () => {
        const imported = async (text, ...words) => {
            const done = await importBytes(text, ...words);
            assert.equal(done.code, 0, done.stderr);
            assert.equal(done.stdout.split('\n').length, 2, done.stdout);
            return product('felt');
        };
        // In any order; a new SKU without stock has none.
        let felt = await imported('price,name,sku,description\n' +
            '7,Felt,felt,Grey\n');
        assert.equal(felt.available, 0);
        felt = await imported('stock_change,sku\n+5,FELT\n');
        assert.equal(felt.available, 5);
        felt = await imported('sku,stock_change,price\nfelt,-2,8\n');
        assert.equal(felt.available, 3);
        felt = await imported('sku,stock_change\nfelt,4\n'); // as Excel has +4
        assert.equal(felt.available, 7);
        felt = await imported('sku,stock,stock_seen\nfelt,30,32\n');
        assert.equal(felt.available, 5);
        felt = await imported('sku,stock\nfelt,12\n', '--recount');
        assert.equal(felt.available, 12);
        felt = await imported('sku,price,stock_change\nfelt,9.50,\n');
        assert.deepEqual([felt.name, felt.description, felt.price_minor,
            felt.available], ['Felt', 'Grey', 950, 12]);
        felt = await imported('Sku,NAME\nfelt,Thick felt\n');
        assert.deepEqual([felt.name, felt.price_minor], ['Thick felt', 950]);
        // A new SKU starts with stock, whatever was seen elsewhere.
        await imported('sku,name,description,price,stock,stock_seen\n' +
            'cord,Cord,,1,4,9\n');
        assert.equal((await product('cord')).available, 4);
        assert.equal(await shop.sql('SELECT group_concat(delta) FROM ' +
            "stock_entries WHERE sku = 'felt'"), '5,-2,4,-2,7');
    });

    test('import refuses what contradicts itself', async () => {
        for (const [text, pattern] of [
            ['sku,stock,stock_change\nmouse,5,+1\n',
                /line 2, column stock_change/],
            ['sku,stock_seen\nmouse,5\n', /line 2, column stock_seen/],
            ['sku,stock,stock_seen\nmouse,,5\n',
                /line 2, column stock_seen/],
            ['sku,stock_change\nmouse,-1000\n', /line 2, column stock_change/],
            ...['+', '-', '1.5', '+-1', ' 1', '1e3', '99999999999'].map(
                (wrong) => [`sku,stock_change\nmouse,${wrong}\n`,
                    /line 2, column stock_change/]),
            ['sku,name,description,price,stock_change\nneu,N,,1,-1\n',
                /line 2, column stock_change/],
            ['sku,stock_change\nneu,1\n', /column name.*line 2/],
            ['sku,name,description\nneu,N,\n', /column price.*line 2/],
            ['sku,stok\nmouse,1\n', /column stok/],
            ['sku,stock,SKU\nmouse,1,mouse\n', /line 1, column SKU/]]) {
            const done = await importBytes(text);
            assertFails(done, pattern);
            assert.match(done.stderr, /nothing was imported/);
        }
        assert.equal((await product('mouse')).available, 100);
        assert.equal((await product('neu')).status, 404);
        for (const words of [['--recount'], ['a.csv', 'b.csv'],
            ['a.csv', '--again']])
            assert.equal((await shop.run('import', 'products', ...words)).code,
                2);
    });

    test('the demo catalogue is loaded once', async () => {
        const done = await importBytes('sku,name,price,stock_change\n' +
            'webcam,Camera,61,-7\n');
        assert.equal(done.code, 0, done.stderr);
        const changed = await product('webcam');
        assert.equal(changed.available, 43);
        for (let i = 0; i < 2; i++) // As each start does.
            assert.equal((await shop.run('init')).code, 0);
        assert.deepEqual(await product('webcam'), changed);
    });

    test('ten thousand products are one file', async () => {
        const done = await importRows(...Array.from({ length: 10000 },
            (_, i) => `big-${i},Big ${i},,1,1`));
        assert.equal(done.code, 0, done.stderr);
        assert.equal((await product('big-9999')).available, 1);
    });

    test('the books hold', () => shop.verify());
});
