// Beside the rows of an answer the marks of their passages and sources, which come after the answer.
import { say } from "./words.js";

export async function prove(answer) {
  const response = await fetch(answer.dataset.evidence, { headers: { Accept: "text/html" } }).catch(() => undefined);
  const text = await response?.text();
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  const found = new Map([...page.querySelectorAll("[data-row]")].map((cell) => [Number(cell.dataset.row), cell]));
  if (!page.querySelector("[data-row] a.mark, [data-row] details")) return;
  if (answer.tBodies) beside(answer, found);
  else answer.append(" ", ...found.get(0).childNodes);
  (answer.closest(".wide") ?? answer).after(...page.querySelectorAll(".denied"));
}

function beside(table, found) {
  const rows = [...table.tBodies[0].rows];
  const word = say("Belege", "Evidence");
  const heading = Object.assign(document.createElement("th"), { scope: "col", textContent: word });
  table.tHead.rows[0].append(heading);
  for (const [number, row] of rows.entries()) {
    const cell = row.insertCell();
    cell.dataset.label = word;
    cell.append(...(found.get(number)?.childNodes ?? []));
  }
}
