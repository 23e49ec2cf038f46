// The orders that this browser placed: loaded by order-form.js. Keeps the tokens
// of their pages, so that who finds goods held is led to his own unpaid order.

const KEPT = "ordermill-orders";
const MOST = 5; // The newest; each is asked about.

// Without storage, as in some private windows, nothing is kept.
function read() {
    try {
        const kept = JSON.parse(localStorage.getItem(KEPT));
        return Array.isArray(kept) ? kept : [];
    } catch {
        return [];
    }
}

function write(kept) {
    try {
        localStorage.setItem(KEPT, JSON.stringify(kept.slice(0, MOST)));
    } catch {
        // It is a help only.
    }
}

export function keepOrder({ order_id: id, track_url: url }) {
    write([{ id, token: url.slice(url.lastIndexOf("/") + 1) }, ...read()]);
}

// The order as the API shows it; null: it is there no more; undefined: not known.
async function ask({ id, token }) {
    try {
        const response = await fetch(`/orders/${encodeURIComponent(id)}?token=${encodeURIComponent(token)}`,
            { headers: { Accept: "application/json" } });
        if (response.ok) return await response.json();
        return response.status === 404 ? null : undefined;
    } catch {
        return undefined;
    }
}

function isUnpaid(order) {
    return ["PENDING", "PROCESSING"].includes(order.status)
        && ["unpaid", "pending"].includes(order.payment_status);
}

function holds(order, skus) {
    return order.lines.some(({ sku }) => skus.includes(sku));
}

// This browser's own orders that are not paid, those that hold one of these SKUs
// first: [{ text, href }]. Others are forgotten.
export async function unpaidOrders(skus, { only = false } = {}) {
    const kept = read();
    const answers = await Promise.all(kept.map(ask));
    write(kept.filter((one, i) => answers[i] === undefined || (answers[i] && isUnpaid(answers[i]))));
    const unpaid = answers.filter((order) => order && isUnpaid(order));
    const holding = unpaid.filter((order) => holds(order, skus));
    const others = only ? [] : unpaid.filter((order) => !holds(order, skus));
    return [...holding, ...others].map((order) => ({
        text: `You have an unpaid order ${order.number}${holding.includes(order) ? " for these goods" : ""}: pay it`,
        href: order.payment_url ?? order.track_url,
    }));
}
