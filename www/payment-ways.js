// The ways to pay of the order form: loaded by order-form.js. Fetches which are
// taken now, with the form token an order is sent with, and builds the choices.

const HINTS = {
    hosted: "You pay on the payment page that comes next.",
    manual: "How to pay is shown with your order.",
};

// What there is to try out where a test card is taken.
const TEST_CARDS = [
    ["pm_card_visa", "Test card that pays"],
    ["pm_card_chargeDeclined", "Test card that is declined"],
    ["pm_card_chargeDeclinedInsufficientFunds", "Test card without enough money"],
    ["pm_local_timeout_after_charge", "Test card whose answer gets lost"],
];

function byId(id) {
    return document.getElementById(id);
}

function choice(value, title, hint) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const text = document.createElement("span");
    label.className = "choice";
    Object.assign(input, { type: "radio", name: "payment_method", value });
    text.textContent = title;
    label.append(input, text);
    if (hint) {
        const small = document.createElement("small");
        small.className = "quiet";
        small.textContent = hint;
        text.append(small);
    }
    return label;
}

function choices(...made) {
    const list = document.createElement("div");
    list.className = "choices";
    list.append(...made);
    return list;
}

function testCards() {
    const group = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = "Test cards";
    group.className = "test-cards";
    group.append(legend, choices(...TEST_CARDS.map(([value, title]) => choice(value, title))));
    return group;
}

// Shows what is taken; what was chosen stays chosen while it is among it.
function showWays(ways) {
    const place = byId("payment-ways");
    const before = place.querySelector(":checked")?.value;
    const plain = ways.filter(({ kind }) => kind !== "token")
        .map(({ id, title, kind }) => choice(id, title, HINTS[kind]));
    place.replaceChildren();
    if (plain.length > 0) place.append(choices(...plain));
    if (ways.some(({ kind }) => kind === "token")) place.append(testCards());
    const inputs = [...place.querySelectorAll("input")];
    const chosen = inputs.find(({ value }) => value === before) ?? inputs[0];
    if (chosen) chosen.checked = true;
}

// Gives the form token; null when the ways to pay could not be loaded.
export async function loadWays() {
    const state = byId("payment-state");
    byId("payment-retry").hidden = true;
    try {
        const response = await fetch("/payment-methods", { headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(`payment-methods: ${response.status}`);
        const { payment_methods: ways, form_token: token } = await response.json();
        showWays(ways);
        state.textContent = "No way to pay is open at the moment.";
        state.hidden = ways.length > 0;
        return token;
    } catch {
        state.hidden = false;
        state.textContent = "The ways to pay could not be loaded.";
        byId("payment-retry").hidden = false;
        return null;
    }
}
