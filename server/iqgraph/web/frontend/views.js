// The ways to look at an answer: the table, if it stands here, and each chart that its columns allow.
import { charts } from "./charts.js";
import { columnsOf } from "./columns.js";
import { png, save, svgText } from "./svg.js";
import { vocabulary } from "./terms.js";
import { german, say } from "./words.js";

export async function show(place, address) {
  const [answer, { base, prefixes, terms }] = await Promise.all([
    answerOf(place),
    vocabulary(address),
  ]).catch(() => [undefined, {}]);
  if (!answer) return;
  const columns = columnsOf(answer);
  const rows = answer.results.bindings;
  const fitting = charts.filter((chart) => chart.fits(columns, rows));
  if (!fitting.length) return;
  const word = words(base, prefixes, terms);
  const table = place.nextElementSibling;
  const folded = place.closest("details");
  const area = document.createElement("figure");
  area.hidden = true;
  place.after(area);
  const choices = [...(table ? [{ name: say("Tabelle", "Table") }] : []), ...fitting].map((chart, number) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: chart.name });
    button.setAttribute("aria-pressed", String(number === 0 && !folded));
    button.addEventListener("click", () => {
      for (const other of choices) other.setAttribute("aria-pressed", String(other === button));
      if (table) table.hidden = Boolean(chart.make);
      area.hidden = !chart.make;
      area.replaceChildren(...(chart.make ? picture(chart, columns, rows, place.clientWidth, word) : []));
    });
    return button;
  });
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", say("Darstellung", "View"));
  place.replaceChildren(...choices);
  if (!folded) return;
  folded.hidden = false;
  folded.addEventListener("toggle", () => choices[0].click(), { once: true }); // a picture needs the width of its place
}

// A page has the links of a graph in itself; rows are asked for.
async function answerOf(place) {
  const own = place.querySelector("script");
  if (own) return JSON.parse(own.textContent);
  const response = await fetch(place.dataset.answer, { headers: { Accept: "application/sparql-results+json" } });
  return response.json();
}

function picture(chart, columns, rows, width, word) {
  const [svg, drawn] = chart.make(columns, rows, width, word);
  const buttons = document.createElement("p");
  buttons.append(
    button("SVG", () => save(new Blob([svgText(svg)], { type: "image/svg+xml" }), "chart.svg")),
    " ",
    button("PNG", async () => save(await png(svgText(svg)), "chart.png")),
  );
  const left = rows.length - drawn;
  if (!left) return [svg, buttons];
  const said = say(`Gezeichnet sind ${drawn} von ${rows.length} Zeilen; alle stehen in den Dateien unten.`, `${drawn} of ${rows.length} rows are drawn; the files below have all.`);
  return [svg, Object.assign(document.createElement("figcaption"), { textContent: said }), buttons];
}

function button(name, action) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: name });
  made.addEventListener("click", action);
  return made;
}

// How a cell is written: a thing by its label if the dataset has one, else by its short name.
function words(base, prefixes, terms) {
  const labels = new Map(terms.map((term) => [term.name, german ? term.german : term.english]));
  const short = (iri) => {
    const found = Object.entries(prefixes).find(([, start]) => iri.startsWith(start) && /^[\w.-]*$/.test(iri.slice(start.length)));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
  };
  const word = (cell) => {
    if (!cell) return "";
    if (cell.type !== "uri") return cell.value;
    return labels.get(short(cell.value)) || short(cell.value).replace(/^https?:\/\//, "");
  };
  const root = new URL(document.querySelector("a.home").href).pathname;
  word.cell = (cell) =>
    cell?.type === "uri" && /^https?:/.test(cell.value)
      ? { address: base && cell.value.startsWith(base) ? root + cell.value.slice(base.length) : cell.value }
      : undefined;
  return word;
}
