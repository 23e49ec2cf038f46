// The line icon on a product's tile: loaded by product-row.js. Picked by a word
// in the product's name; anything else gets the parcel.

const ICONS = [
    [/laptop|notebook|macbook/, "M5 5.5h14a1 1 0 0 1 1 1V16H4V6.5a1 1 0 0 1 1-1zM2 18.5h20M2 18.5 4 16h16l2 2.5"],
    [/headphone|headset|earphone|earbud/, "M4 15v-2a8 8 0 0 1 16 0v2M4 14.5h2.5a1 1 0 0 1 1 1v4h-2A1.5 1.5 0 0 1 4 18zM20 14.5h-2.5a1 1 0 0 0-1 1v4h2A1.5 1.5 0 0 0 20 18z"],
    [/phone|mobile/, "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2"],
    [/keyboard/, "M3.5 6.5h17a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM6 10h.01M9 10h.01M12 10h.01M15 10h.01M18 10h.01M8 14h8"],
    [/mouse ?(pad|mat)|desk ?mat/, "M3.5 5.5h17v13h-17zM14 18.5v-4.5h3.5v4.5"],
    [/mouse|trackball/, "M12 2.5a5.5 5.5 0 0 1 5.5 5.5v8a5.5 5.5 0 0 1-11 0V8A5.5 5.5 0 0 1 12 2.5zM12 6.5v3.5"],
    [/monitor|display|screen|\btv\b/, "M3.5 4h17a1 1 0 0 1 1 1v10.5a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM12 16.5V20M8 20.5h8"],
    [/tablet|e-?reader/, "M6 2.5h12A1.5 1.5 0 0 1 19.5 4v16a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 20V4A1.5 1.5 0 0 1 6 2.5zM12 18.5h.01"],
    [/webcam/, "M12 3a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM12 7a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM8 21h8M12 16v5"],
    [/camera/, "M4 7.5h3.5L9 5h6l1.5 2.5H20a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8.5a1 1 0 0 1 1-1zM12 9.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z"],
    [/micro(phone)?\b|\bmic\b/, "M12 2.5a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V5.5a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v4M9 21.5h6"],
    [/speaker|soundbar/, "M7 2.5h10a1 1 0 0 1 1 1v17a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-17a1 1 0 0 1 1-1zM12 11.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 6.5h.01"],
    [/watch/, "M12 6.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM12 9.5V12l1.5 1.5M9 6.5l.6-4h4.8l.6 4M9 17.5l.6 4h4.8l.6-4"],
    [/\bhub\b|dock|adapter/, "M4 9.5h16a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1zM6.5 13h3M12 13h1.5M16.5 13h1.5M12 9.5V4"],
    [/charger|power|battery/, "M13 2.5 5.5 13.5H11l-1 8 8-11.5h-5.5z"],
    [/cable|cord|lead\b/, "M7 2.5v4M11 2.5v4M5.5 6.5h7v3a3.5 3.5 0 0 1-7 0zM9 13v3.5a4 4 0 0 0 8 0V9a2 2 0 0 1 4 0"],
    [/ssd|drive|disk|storage|memory|stick/, "M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM5 15.5h14M15.5 18.3h.01"],
    [/printer/, "M7 8V3h10v5M7 17H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1h16a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-3M7 14h10v7H7z"],
    [/lamp|light/, "M9 21h6M12 21V12M5.5 12 9 3.5h6l3.5 8.5z"],
    [/chair/, "M7 3h10v9H7zM5.5 12h13v3h-13zM12 15v4M7 21l5-2 5 2"],
    [/stand|riser|arm\b/, "M5 4.5h14L16 13H8zM12 13v6M6.5 20h11"],
    [/bag|backpack|sleeve|case/, "M6 9a6 6 0 0 1 12 0v11a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1zM9.5 3.5V2.5h5v1M9 15h6v6H9z"],
];
const PARCEL = "M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5zM3.5 7.5 12 12l8.5-4.5M12 12v9M7.7 5.3l8.5 4.5";

export function productIcon(name) {
    const found = ICONS.find(([word]) => word.test(name.toLowerCase()));
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", found ? found[1] : PARCEL);
    svg.append(path);
    return svg;
}
