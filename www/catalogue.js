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

// 199900 -> "€1,999.00", as the server writes amounts: `style` is a product,
// whose exponent, amount_before and amount_after say how.
export function formatMoney(minor, style) {
    const digits = BigInt(Math.abs(minor)).toString().padStart(style.exponent + 1, "0");
    const point = digits.length - style.exponent;
    const whole = digits.slice(0, point).replace(/\B(?=(\d{3})+$)/g, ",");
    const decimals = style.exponent > 0 ? `.${digits.slice(point)}` : "";
    return `${minor < 0 ? "-" : ""}${style.amount_before}${whole}${decimals}${style.amount_after}`;
}
