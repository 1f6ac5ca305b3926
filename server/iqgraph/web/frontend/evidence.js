// Adds the evidence of an answer to the rows of its table; it is loaded after the answer.
import { say } from "./words.js";

// The server computes evidence row by row, so small portions show the first rows soon. Two requests run at once: more
// would delay other clients.
const PORTION_ROWS = 8;
const LABEL = say("Belege", "Evidence");

export async function showEvidence(table) {
  const address = new URL(table.dataset.evidence, location);
  const rows = [...table.tBodies[0].rows].slice(0, address.searchParams.get("limit"));
  // The limit also applies to the members of an aggregate, of which a single row may have many.
  if (rows.length > 1) address.searchParams.set("limit", PORTION_ROWS);
  // The column is added at once, so that nothing moves when the marks arrive.
  addColumn(table);
  let hasEvidence = false;
  const starts = rows.map((_, index) => index).filter((index) => index % PORTION_ROWS === 0);
  const load = async (first) => {
    address.searchParams.set("offset", first);
    const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
    const text = await response?.text();
    if (!response?.ok) return false;
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.querySelector("[data-row] a.mark, [data-row] details")) return true;
    hasEvidence = true;
    for (const cell of page.querySelectorAll("[data-row]")) {
      const row = rows[cell.dataset.row];
      if (!row) continue; // it is not on this page
      row.lastElementChild.append(" ", ...cell.childNodes);
      row.lastElementChild.dataset.label = LABEL;
    }
    addUnprovable(table.closest(".wide"), page);
    return true;
  };
  const loadAll = async () => {
    while (starts.length && (await load(starts.shift())));
  };
  await Promise.all([loadAll(), loadAll()]);
  if (!hasEvidence) for (const row of table.rows) row.deleteCell(-1);
}

function addColumn({ tHead, tBodies }) {
  tHead.rows[0].append(Object.assign(document.createElement("th"), { scope: "col", className: "proof", textContent: LABEL }));
  for (const row of tBodies[0].rows) row.insertCell();
}

// Adds the parts of the query that no source can prove, once for all rows.
function addUnprovable(element, page) {
  const section = element.parentElement.querySelector(".denied");
  if (!section) return element.after(...page.querySelectorAll(".denied"));
  const parts = [...section.querySelectorAll("pre")].map((part) => part.textContent);
  for (const part of page.querySelectorAll(".denied pre")) if (!parts.includes(part.textContent)) section.querySelector("details").append(part);
}
