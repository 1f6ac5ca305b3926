// Beside the rows of an answer the marks of their passages and sources, which come after the answer.
import { say } from "./words.js";

// Evidence is looked for row by row, so the first rows have theirs soon if they are asked for by themselves. Two
// portions are asked for at once: more would keep those waiting who ask something else.
const PORTION = 8;
const WORD = say("Belege", "Evidence");

export async function prove(answer) {
  const address = new URL(answer.dataset.evidence, location);
  const rows = answer.tBodies ? [...answer.tBodies[0].rows].slice(0, address.searchParams.get("limit")) : [answer];
  // The limit is also that of the rows behind a sum, of which a single answer can show many.
  if (rows.length > 1) address.searchParams.set("limit", PORTION);
  // Its place is kept from the beginning, so that nothing moves when the marks come.
  if (answer.tBodies) widen(answer);
  let isProved = false;
  const starts = rows.map((_, place) => place).filter((place) => place % PORTION === 0);
  const portion = async (first) => {
    address.searchParams.set("offset", first);
    const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
    const text = await response?.text();
    if (!response?.ok) return false;
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.querySelector("[data-row] a.mark, [data-row] details")) return true;
    isProved = true;
    for (const cell of page.querySelectorAll("[data-row]")) {
      const row = rows[cell.dataset.row];
      if (!row) continue; // it is not shown here
      const place = answer.tBodies ? row.lastElementChild : row;
      // Without a column, nothing else says what these are.
      if (!answer.tBodies) for (const summary of cell.querySelectorAll(".members summary")) summary.prepend(`${WORD} `);
      place.append(" ", ...cell.childNodes);
      if (answer.tBodies) place.dataset.label = WORD;
    }
    deny(answer.closest(".wide") ?? answer, page);
    return true;
  };
  const lane = async () => {
    while (starts.length && (await portion(starts.shift())));
  };
  await Promise.all([lane(), lane()]);
  if (answer.tBodies && !isProved) for (const row of answer.rows) row.deleteCell(-1);
}

function widen({ tHead, tBodies }) {
  tHead.rows[0].append(Object.assign(document.createElement("th"), { scope: "col", className: "proof", textContent: WORD }));
  for (const row of tBodies[0].rows) row.insertCell();
}

// What no source can prove, once for all rows.
function deny(place, page) {
  const told = place.parentElement.querySelector(".denied");
  if (!told) return place.after(...page.querySelectorAll(".denied"));
  const parts = [...told.querySelectorAll("pre")].map((part) => part.textContent);
  for (const part of page.querySelectorAll(".denied pre")) if (!parts.includes(part.textContent)) told.querySelector("details").append(part);
}
