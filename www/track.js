// Keeps an order's page current: loaded by templates/track.html. Fetches the
// same page again and swaps in the parts marked data-live that changed, until
// the order is final.

const FIRST_MS = 400;
const SLOWEST_MS = 5000;
const SETTLED_MS = 20000; // Confirmed, nothing more under way.

let delay = FIRST_MS;
let failures = 0;

function settled(main) {
    return main.querySelector('[data-state="current"], [data-state="waiting"]') === null;
}

// Puts `fresh` parts in place of changed ones; a link that had the focus keeps it.
function swapParts(main, fresh) {
    for (const part of main.querySelectorAll("[data-live]")) {
        const next = fresh.querySelector(`#${part.id}`);
        if (!next || next.isEqualNode(part)) continue;
        const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
        part.replaceWith(document.adoptNode(next));
        if (focused) document.getElementById(focused)?.focus();
    }
}

// What tells that the order moved on; the receipt's link differs each time.
function progress() {
    return document.getElementById("progress").textContent;
}

function announce(text) {
    document.getElementById("announcement").textContent = text;
}

function update(page) {
    const main = document.querySelector("main");
    const fresh = page.querySelector("main[data-status]");
    if (!fresh) return true;
    const before = progress();
    swapParts(main, fresh);
    if (fresh.dataset.status !== main.dataset.status) {
        main.dataset.status = fresh.dataset.status;
        document.title = page.title;
        announce(document.getElementById("status").innerText);
    }
    if ("final" in fresh.dataset) main.dataset.final = "";
    delay = progress() !== before ? FIRST_MS : Math.min(delay * 1.4, SLOWEST_MS);
    if (settled(main)) delay = SETTLED_MS;
    return !("final" in main.dataset);
}

// True while there is more to come.
async function refresh() {
    const response = await fetch(location.href, { cache: "no-store" });
    if (response.status === 404 || response.status === 410) return false;
    if (!response.ok) throw new Error(`order page: ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return update(page);
}

async function poll() {
    let more = true;
    if (!document.hidden) {
        try {
            more = await refresh();
            failures = 0;
        } catch {
            failures++;
            delay = SLOWEST_MS * Math.min(failures, 6);
        }
    }
    if (more) setTimeout(poll, delay);
}

const main = document.querySelector("main");
if (!("final" in main.dataset)) setTimeout(poll, settled(main) ? SETTLED_MS : FIRST_MS);
