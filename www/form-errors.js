// Errors of the order form: loaded by order-form.js. Puts each message at its
// field and all of them into the summary at the top, which takes the focus.

const summary = document.getElementById("error-summary");

// An input's message stands in <its id>-error; so does a group's (a fieldset).
function messageOf(field) {
    return document.getElementById(`${field.id}-error`);
}

export function clearErrors() {
    summary.replaceChildren();
    for (const message of document.querySelectorAll(".field-error:not([hidden])")) {
        clearErrorAt(document.getElementById(message.id.replace(/-error$/, "")));
    }
}

// Takes away the message at a field that is being mended.
export function clearErrorAt(field) {
    const message = messageOf(field);
    message.hidden = true;
    message.textContent = "";
    field.removeAttribute("aria-invalid");
}

// errors: [{ field: element or null, text, about: what the summary names before it,
// href: where it leads that is about no field }]
export function showErrors(title, errors) {
    clearErrors();
    const heading = document.createElement("h2");
    const list = document.createElement("ul");
    heading.textContent = title;
    for (const { field, text, about, href } of errors) {
        const item = document.createElement("li");
        const whole = about ? `${about}: ${text}` : text;
        item.append(field ? linkTo(field, whole) : href ? linkAway(href, whole) : whole);
        list.append(item);
        if (field) mark(field, text);
    }
    summary.append(heading, list);
    summary.focus();
}

function mark(field, text) {
    const message = messageOf(field);
    message.textContent = message.hidden ? text : `${message.textContent} ${text}`;
    message.hidden = false;
    if (field.matches("input")) field.setAttribute("aria-invalid", "true");
}

function linkAway(href, text) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    return link;
}

function linkTo(field, text) {
    const link = document.createElement("a");
    link.href = `#${encodeURIComponent(field.id)}`;
    link.textContent = text;
    link.addEventListener("click", (event) => {
        event.preventDefault();
        const target = field.matches("fieldset") ? field.querySelector("input:not(:disabled)") ?? field : field;
        target.focus();
        target.scrollIntoView({ block: "center" });
    });
    return link;
}
