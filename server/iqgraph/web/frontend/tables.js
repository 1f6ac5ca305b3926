// Tables that can be sorted by a click on a heading, and code that can be copied.
import { say } from "./words.js";

const collate = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
const compare = (one, other) => (isNumber(one) && isNumber(other) ? one - other : collate(one, other));

export function enhance(part) {
  for (const table of part.querySelectorAll("table.sortable")) sortable(table);
  for (const code of part.querySelectorAll("pre.copied")) copyable(code);
}

function isNumber(text) {
  return text !== "" && Number.isFinite(Number(text));
}

function sortable(table) {
  for (const [place, heading] of [...table.tHead.rows[0].cells].entries()) {
    if (heading.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, place, heading));
  }
}

function sort(table, place, heading) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const key = ({ cells }) => cells[place].dataset.sort ?? cells[place].firstElementChild?.textContent ?? cells[place].textContent.trim();
  body.append(...[...body.rows].sort((one, other) => compare(key(one), key(other)) * (down ? -1 : 1)));
}

function copyable(code) {
  if (code.previousElementSibling?.matches(".copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain copy";
  button.textContent = say("Kopieren", "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = say("Kopiert", "Copied");
  });
  code.before(button);
}
