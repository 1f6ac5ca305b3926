// Makes tables sortable and code copyable.
import { say } from "./words.js";

const collate = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
const compare = (one, other) => (isNumber(one) && isNumber(other) ? one - other : collate(one, other));

export function enhance(root) {
  for (const table of root.querySelectorAll("table.sortable")) makeSortable(table);
  for (const code of root.querySelectorAll("pre.copied")) makeCopyable(code);
}

function isNumber(text) {
  return text !== "" && Number.isFinite(Number(text));
}

function makeSortable(table) {
  for (const [index, heading] of [...table.tHead.rows[0].cells].entries()) {
    if (heading.className === "proof" || heading.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, index, heading));
  }
}

function sort(table, index, heading) {
  const isDescending = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
  const body = table.tBodies[0];
  const key = ({ cells }) => cells[index].dataset.sort ?? cells[index].firstElementChild?.textContent ?? cells[index].textContent.trim();
  body.append(...[...body.rows].sort((one, other) => compare(key(one), key(other)) * (isDescending ? -1 : 1)));
}

function makeCopyable(code) {
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
