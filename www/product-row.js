// One product of the order form: loaded by order-form.js. Builds its row, with
// a price, what is left and a quantity stepper for each of its variants.

import { productIcon } from "/product-icon.js";

const MOST_OF_ONE = 9999; // The most an order takes of one product.

function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
}

// Adds each variant's quantity input to `quantities`, with what it orders.
export function productRow(product, quantities) {
    const many = product.variants?.length > 1;
    const variants = many ? product.variants : [{ sku: product.sku ?? product.id, ...product, ...product.variants?.[0] }];
    const text = element("div", "product-text", element("h3", "", product.name));
    if (product.description) text.append(element("p", "quiet", product.description));

    const rows = element("div", many ? "variants many" : "variants");
    for (const variant of variants) {
        const title = many ? `${product.name}, ${variant.title}` : product.name;
        rows.append(variantRow(variant, title, many, product, quantities));
    }
    const tile = element("span", "tile", productIcon(product.name));
    return element("li", "product", tile, element("div", "product-body", text, rows));
}

function variantRow(variant, title, named, style, quantities) {
    const id = `qty-${variant.sku.replace(/\s/g, "_")}`;
    const available = Math.max(0, variant.available);
    const most = Math.min(available, MOST_OF_ONE);
    const soldOut = available === 0;
    const stock = element("span", "stock", soldOut ? "Sold out" : `${available.toLocaleString("en")} left`);
    if (available < 5) stock.classList.add("low");

    const input = element("input");
    Object.assign(input, {
        id, type: "number", name: id, min: 0, max: most, step: 1, value: "0", disabled: soldOut,
    });
    input.setAttribute("inputmode", "numeric");
    input.setAttribute("autocomplete", "off");
    input.setAttribute("aria-describedby", `${id}-error ${id}-stock`);
    stock.id = `${id}-stock`;
    const label = element("label", "hidden-text", `Quantity of ${title}`);
    label.htmlFor = id;
    const error = element("p", "field-error");
    error.id = `${id}-error`;
    error.hidden = true;

    quantities.set(input, { sku: variant.sku, title, unitMinor: variant.price_minor, style, most });

    const price = element("span", "price", variant.price_text);
    const row = element("div", "variant");
    if (named) row.append(element("span", "variant-title", variant.title));
    row.append(element("span", "offer", price, " ", stock), stepper(input, label, title), error);
    row.classList.toggle("sold-out", soldOut);
    return row;
}

function stepper(input, label, title) {
    const less = element("button", "", "\u2212");
    const more = element("button", "", "+");
    less.setAttribute("aria-label", `One ${title} less`);
    more.setAttribute("aria-label", `One ${title} more`);

    const made = element("div", "stepper", label, less, input, more);
    const showQuantity = () => {
        const quantity = input.valueAsNumber || 0;
        made.classList.toggle("chosen", quantity > 0);
        less.disabled = input.disabled || quantity <= 0;
        more.disabled = input.disabled || quantity >= Number(input.max);
    };
    const step = (by, pressed) => {
        const quantity = Math.trunc(input.valueAsNumber || 0) + by;
        input.value = String(Math.min(Math.max(quantity, 0), Number(input.max)));
        input.dispatchEvent(new Event("input", { bubbles: true }));
        if (pressed.disabled) input.focus(); // A disabled button would lose the focus.
    };
    less.type = more.type = "button";
    less.addEventListener("click", () => step(-1, less));
    more.addEventListener("click", () => step(1, more));
    input.addEventListener("input", showQuantity);
    input.addEventListener("focus", () => input.select());
    showQuantity();
    return made;
}
