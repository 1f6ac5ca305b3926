// What an evidence mark leads to, shown beside it while the pointer or the focus is there: the passage's own page says it.
import { say } from "./words.js";

const PATIENCE = 180;
const STATEMENTS = 3;
const MARGIN = 8;
const pages = new Map();
let shown;
let timer;

export function cards(place) {
  for (const event of ["pointerover", "focusin"]) place.addEventListener(event, begin);
  for (const event of ["pointerout", "focusout"]) place.addEventListener(event, end);
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function begin({ target }) {
  const mark = target.closest("a.mark");
  const inside = shown && (shown.card.contains(target) || shown.mark === mark);
  if (!mark && !inside) return;
  clearTimeout(timer);
  if (inside) return;
  timer = setTimeout(() => show(mark), PATIENCE);
}

// The pointer may move onto the card, and Tab may lead into it; only what leaves both closes it.
function end(event) {
  const to = event.relatedTarget;
  if (shown && to instanceof Node && (shown.card.contains(to) || shown.mark.contains(to))) return;
  clearTimeout(timer);
  timer = setTimeout(() => !document.querySelector(".card:hover, .card:focus-within") && hide(), PATIENCE);
}

async function show(mark) {
  const page = await asked(mark.href);
  const still = mark.matches(":hover, :focus");
  if (!page || !still) return;
  hide();
  const card = document.createElement("div");
  card.className = "card";
  card.id = "card";
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", mark.title);
  card.append(...content(page));
  mark.after(card);
  mark.setAttribute("aria-details", card.id);
  put(card, mark);
  shown = { mark, card, title: mark.title };
  mark.removeAttribute("title");
}

function hide() {
  if (!shown) return;
  shown.card.remove();
  shown.mark.removeAttribute("aria-details");
  shown.mark.title = shown.title;
  shown = undefined;
}

function asked(address) {
  if (!pages.has(address))
    pages.set(
      address,
      fetch(address, { headers: { Accept: "text/html" } })
        .then(async (response) => response.ok && new DOMParser().parseFromString(await response.text(), "text/html"))
        .catch(() => false),
    );
  return pages.get(address);
}

// The parts that the page marks for this; of its links only those out of the site stay, the mark itself leads to the page.
function content(page) {
  const parts = [...page.querySelectorAll("[data-card]")].map((part) => plain(document.importNode(part, true)));
  const rows = [...page.querySelectorAll("[data-says] tbody tr")];
  if (!rows.length) return parts;
  const list = document.createElement("ul");
  for (const row of rows.slice(0, STATEMENTS)) list.append(item([...row.cells].slice(0, 3).map((cell) => cell.textContent.trim()).join(" ")));
  if (rows.length > STATEMENTS) list.append(item(say(`und ${rows.length - STATEMENTS} weitere`, `and ${rows.length - STATEMENTS} more`)));
  return [...parts, list];
}

function item(text) {
  return Object.assign(document.createElement("li"), { textContent: text.replace(/\s+/g, " ") });
}

function plain(part) {
  for (const link of part.querySelectorAll("a")) {
    if (link.origin && link.origin !== location.origin) continue;
    link.replaceWith(...link.childNodes);
  }
  if (/^H\d$/.test(part.tagName)) {
    const strong = document.createElement("p");
    strong.className = "card-name";
    strong.append(...part.childNodes);
    return strong;
  }
  for (const picture of part.querySelectorAll("svg")) picture.setAttribute("aria-hidden", "true");
  return part;
}

// Below the mark or, where only there is room, above it; never over it, nor beyond the edge of the page.
function put(card, mark) {
  const at = mark.getBoundingClientRect();
  const room = document.documentElement;
  const left = Math.max(MARGIN, Math.min(at.left, room.clientWidth - card.offsetWidth - MARGIN));
  const height = card.offsetHeight + MARGIN;
  const above = at.bottom + height > room.clientHeight && at.top > height;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(above ? at.top - height + 4 : at.bottom + 4) + scrollY}px`;
}
