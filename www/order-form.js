// The order form: loaded by index.html. Shows the catalogue, keeps the summary,
// checks what was entered, sends the order once and goes to where it is paid or to
// the order's page.

import { loadProducts, formatMoney } from "/catalogue.js";
import { productRow } from "/product-row.js";
import { clearErrorAt, clearErrors, showErrors } from "/form-errors.js";
import { loadWays } from "/payment-ways.js";
import { keepOrder, unpaidOrders } from "/own-orders.js";

const LONGEST_WAIT_MS = 30000;

const form = document.getElementById("order-form");
const button = document.getElementById("place-order");
const quantities = new Map(); // quantity input -> { sku, title, unitMinor, style, most }

// One key stands for one order. Sending the same contents again with the same
// key can never order twice, so it changes only when the contents change after
// the server has answered.
let key = newKey();
let answered = false;
let sending = false;
let formToken = null; // From the server; an old one is refused.

function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function byId(id) {
    return document.getElementById(id);
}

async function showCatalogue() {
    const state = byId("products-state");
    const retry = byId("products-retry");
    state.hidden = false;
    state.textContent = "Loading the catalogue…";
    retry.hidden = true;
    try {
        const products = await loadProducts();
        for (const product of products) {
            byId("product-list").append(productRow(product, quantities));
        }
        state.textContent = "Nothing is on sale yet.";
        state.hidden = products.length > 0;
        await showOwnOrder();
    } catch {
        state.textContent = "The catalogue could not be loaded.";
        retry.hidden = false;
    }
}

// What is sold out may be held for this browser's own order.
async function showOwnOrder() {
    const soldOut = [...quantities.values()].filter(({ most }) => most < 1).map(({ sku }) => sku);
    const [own] = soldOut.length > 0 ? await unpaidOrders(soldOut, { only: true }) : [];
    const link = document.createElement("a");
    if (own) {
        link.href = own.href;
        link.textContent = own.text;
        byId("own-order").replaceChildren(link);
    }
    byId("own-order").hidden = !own;
}

async function showWays() {
    formToken = await loadWays();
}

function chosen() {
    const items = [];
    for (const [input, product] of quantities) {
        const quantity = input.valueAsNumber;
        if (Number.isInteger(quantity) && quantity > 0) {
            items.push({ input, product, quantity });
        }
    }
    return items;
}

function costsNothing(items) {
    return items.length > 0 && items.every(({ product }) => product.unitMinor === 0);
}

function showSummary() {
    const items = chosen();
    let totalMinor = 0;
    const lines = items.map(({ product, quantity }) => {
        const lineMinor = product.unitMinor * quantity;
        totalMinor += lineMinor;
        const line = document.createElement("li");
        const what = document.createElement("span");
        const price = document.createElement("span");
        what.textContent = `${quantity} × ${product.title}`;
        price.textContent = formatMoney(lineMinor, product.style);
        line.append(what, " ", price);
        return line;
    });
    byId("summary-lines").replaceChildren(...lines);
    byId("summary-empty").hidden = items.length > 0;
    byId("total").value = items.length > 0
        ? formatMoney(totalMinor, items[0].product.style) : "–";
    byId("nothing-to-pay").hidden = !costsNothing(items);
    byId("payment").hidden = costsNothing(items);
}

function quantityErrors() {
    const errors = [];
    for (const [input, { title, most }] of quantities) {
        const quantity = input.valueAsNumber;
        if (input.validity.badInput || (input.value !== "" && !(Number.isInteger(quantity) && quantity >= 0))) {
            errors.push({ field: input, about: title, text: "Enter a whole number." });
        } else if (quantity > most) {
            errors.push({ field: input, about: title, text: `You can order ${most} at most.` });
        }
    }
    if (errors.length === 0 && chosen().length === 0) {
        errors.push({ field: byId("products"), text: "Choose at least one product." });
    }
    return errors;
}

function findErrors() {
    const errors = quantityErrors();
    const name = byId("customer-name");
    const email = byId("customer-email");
    if (name.value.trim() === "") {
        errors.push({ field: name, text: "Enter your name." });
    }
    if (email.value.trim() === "") {
        errors.push({ field: email, text: "Enter your e-mail address." });
    } else if (email.validity.typeMismatch) {
        errors.push({ field: email, text: "Enter an e-mail address like name@example.com." });
    }
    if (!form.elements.payment_method?.value && !costsNothing(chosen())) {
        errors.push({ field: byId("payment"), text: "Choose how to pay." });
    }
    return errors;
}

function orderBody(items) {
    return {
        items: items.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
        customer: {
            name: byId("customer-name").value.trim(),
            email: byId("customer-email").value.trim(),
        },
        payment_method: form.elements.payment_method?.value || null,
        form_token: formToken,
    };
}

// The field a JSON pointer of a problem document speaks of, or null.
function fieldAt(pointer, items) {
    const item = /^\/items\/(\d+)/.exec(pointer);
    if (item && items[item[1]]) return items[item[1]].input;
    if (pointer.startsWith("/items")) return byId("products");
    if (pointer === "/customer/name") return byId("customer-name");
    if (pointer.startsWith("/customer")) return byId("customer-email");
    if (pointer === "/payment_method") return byId("payment");
    return null;
}

async function readProblem(response) {
    const type = response.headers.get("Content-Type") ?? "";
    if (!/[/+]json/.test(type)) return {};
    return (await response.json().catch(() => null)) ?? {};
}

// Goods are short, or this customer holds too many: his own unpaid order may be why.
async function ownOrders(problem, items) {
    const pointers = (problem.errors ?? []).map(({ pointer }) => String(pointer ?? ""));
    const short = items.filter(({ input }) => pointers.some((pointer) => fieldAt(pointer, items) === input));
    const about = pointers.length > 0 ? short : items;
    if (about.length === 0) return [];
    return (await unpaidOrders(about.map(({ product }) => product.sku), { only: pointers.length > 0 }))
        .slice(0, 1).map((one) => ({ field: null, ...one }));
}

async function showRefusal(response, items) {
    const problem = await readProblem(response);
    const wait = Number(response.headers.get("Retry-After"));
    const later = wait > 1 ? `in ${wait} seconds` : "in a moment";
    const known = {
        409: ["Your order was not placed", problem.detail ?? "It is still being worked on. Please try again in a moment."],
        413: ["Your order is too big", "Please split it into smaller ones."],
        422: ["Your first order did arrive", "Its confirmation comes by e-mail. Placing the order now would be a second one."],
        429: ["Your order was not placed", `${problem.detail ?? "Too many orders at once."} You can try again ${later}.`],
        503: ["The shop is busy", `Your order was not placed. Please try again ${later}.`],
    };
    const own = response.status === 409 ? await ownOrders(problem, items) : [];
    if (Array.isArray(problem.errors) && problem.errors.length > 0) {
        const errors = problem.errors.map(({ pointer, detail }) => {
            const field = fieldAt(String(pointer ?? ""), items);
            const about = quantities.get(field)?.title ?? field?.labels?.[0]?.firstChild?.textContent.trim();
            return { field, about, text: String(detail) };
        });
        showErrors("Please check your order", [...errors, ...own]);
        // What may be chosen has changed, or the form is too old.
        if (problem.errors.some(({ pointer }) => /^\/(payment_method|form_token)$/.test(pointer))) await showWays();
        return;
    }
    if (response.status === 422) key = newKey(); // An order whose answer got lost has the old one.
    const [title, detail] = known[response.status]
        ?? [problem.title ?? "Your order was not placed", problem.detail ?? "Please try again."];
    showErrors(title, [{ field: null, text: detail }, ...own]);
}

function setSending(on) {
    sending = on;
    button.setAttribute("aria-disabled", String(on));
    button.textContent = on ? "Placing order…" : "Place order";
    form.setAttribute("aria-busy", String(on));
}

async function send() {
    const items = chosen();
    let response;
    try {
        response = await fetch("/orders", {
            method: "POST",
            headers: { "Content-Type": "application/json", "Idempotency-Key": key },
            body: JSON.stringify(orderBody(items)),
            signal: AbortSignal.timeout(LONGEST_WAIT_MS),
        });
        const order = response.ok ? await response.json() : null;
        answered = true;
        if (order) {
            keepOrder(order);
            location.assign(order.payment_url ?? order.track_url);
            return; // Still sending, so that no click gets in before the page goes.
        }
    } catch {
        showErrors("The shop could not be reached", [{
            field: null,
            text: "Please check your connection and try again. You will not be charged twice.",
        }]);
        setSending(false);
        return;
    }
    await showRefusal(response, items);
    setSending(false);
}

function contentsChanged({ target }) {
    clearErrorAt(target.closest("#payment") ?? target);
    if (quantities.has(target)) clearErrorAt(byId("products"));
    if (answered && !sending) {
        key = newKey();
        answered = false;
    }
    showSummary();
}

form.addEventListener("input", contentsChanged);
form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    clearErrors();
    const errors = findErrors();
    if (errors.length > 0) {
        showErrors("Please check your order", errors);
        return;
    }
    setSending(true);
    send();
});
byId("products-retry").addEventListener("click", showCatalogue);
byId("payment-retry").addEventListener("click", showWays);

// Back from the order's page, the browser may show this page as it was left.
window.addEventListener("pageshow", (event) => {
    if (event.persisted) setSending(false);
});

showCatalogue();
showWays();
