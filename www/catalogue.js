// The catalogue as the order form needs it: loaded by order-form.js and
// product-row.js. Fetches every product and writes amounts of money.

const MOST_PAGES = 50;

export async function loadProducts() {
    const products = [];
    let cursor = null;
    for (let page = 0; page < MOST_PAGES; page++) {
        const query = new URLSearchParams({ limit: "100" });
        if (cursor) query.set("cursor", cursor);
        const response = await fetch(`/products?${query}`, { headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(`products: ${response.status}`);
        const answer = await response.json();
        products.push(...answer.products);
        cursor = answer.next;
        if (!cursor) break;
    }
    return products;
}

const formats = new Map();

// 199900, "EUR" -> "€1,999.00". The decimals are the currency's own.
export function formatMoney(minor, currency) {
    if (!formats.has(currency)) {
        formats.set(currency, new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }));
    }
    const format = formats.get(currency);
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
