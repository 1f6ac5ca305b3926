// Shows a card beside an evidence mark under the pointer or focus, with parts of the page that the mark leads to.
import { say } from "./words.js";

const DELAY_MS = 180;
const MAX_SENTENCES = 3;
const MARGIN = 8;
const pages = new Map();
let current;
let timer;

export function cards(root) {
  for (const event of ["pointerover", "focusin"]) root.addEventListener(event, begin);
  for (const event of ["pointerout", "focusout"]) root.addEventListener(event, end);
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function begin({ target }) {
  const mark = target.closest("a.mark");
  const isInside = current && (current.card.contains(target) || current.mark === mark);
  if (!mark && !isInside) return;
  clearTimeout(timer);
  if (isInside) return;
  timer = setTimeout(() => show(mark), DELAY_MS);
}

// The pointer or focus may move between mark and card; leaving both closes the card.
function end(event) {
  const target = event.relatedTarget;
  if (current && target instanceof Node && (current.card.contains(target) || current.mark.contains(target))) return;
  clearTimeout(timer);
  timer = setTimeout(() => !document.querySelector(".card:hover, .card:focus-within") && hide(), DELAY_MS);
}

async function show(mark) {
  const page = await load(mark.href);
  const isActive = mark.matches(":hover, :focus");
  if (!page || !isActive) return;
  hide();
  const card = document.createElement("div");
  card.className = "card";
  card.id = "card";
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", mark.title);
  card.append(...content(page));
  mark.after(card);
  mark.setAttribute("aria-details", card.id);
  position(card, mark);
  current = { mark, card, title: mark.title };
  mark.removeAttribute("title");
}

function hide() {
  if (!current) return;
  current.card.remove();
  current.mark.removeAttribute("aria-details");
  current.mark.title = current.title;
  current = undefined;
}

function load(address) {
  if (!pages.has(address))
    pages.set(
      address,
      fetch(address, { headers: { Accept: "text/html" } })
        .then(async (response) => response.ok && new DOMParser().parseFromString(await response.text(), "text/html"))
        .catch(() => false),
    );
  return pages.get(address);
}

// The parts of the page marked with data-card, and its first sentences.
function content(page) {
  const parts = [...page.querySelectorAll("[data-card]")].map((part) => simplify(document.importNode(part, true)));
  for (const list of parts.filter((part) => part.matches(".sentences"))) {
    const others = [...list.children].slice(MAX_SENTENCES);
    for (const other of others) other.remove();
    if (others.length) list.append(Object.assign(document.createElement("li"), { textContent: say(`und ${others.length} weitere`, `and ${others.length} more`) }));
  }
  return parts;
}

// Without links to this site, since the mark already leads to the page.
function simplify(part) {
  for (const link of part.querySelectorAll("a")) {
    if (link.origin && link.origin !== location.origin) continue;
    link.replaceWith(...link.childNodes);
  }
  if (/^H\d$/.test(part.tagName)) {
    const name = document.createElement("p");
    name.className = "card-name";
    name.append(...part.childNodes);
    return name;
  }
  for (const picture of part.querySelectorAll("svg")) picture.setAttribute("aria-hidden", "true");
  return part;
}

// Places the card below the mark or, if there is room only there, above it, within the page.
function position(card, mark) {
  const box = mark.getBoundingClientRect();
  const viewport = document.documentElement;
  const left = Math.max(MARGIN, Math.min(box.left, viewport.clientWidth - card.offsetWidth - MARGIN));
  const height = card.offsetHeight + MARGIN;
  const isAbove = box.bottom + height > viewport.clientHeight && box.top > height;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(isAbove ? box.top - height + 4 : box.bottom + 4) + scrollY}px`;
}
