// The ways to look at an answer: the table, if it stands here, and each chart that its columns allow.
import { charts } from "./charts.js";
import { columnsOf } from "./columns.js";
import { png, save, svgText } from "./svg.js";
import { vocabulary } from "./terms.js";
import { german, say } from "./words.js";

// What is larger or smaller than these is written as a power of ten.
const LARGE = 1e12;
const SMALL = 1e-6;
const NOTHING = say(
  "Diese Antwort lässt sich nicht als Diagramm zeigen. Nötig sind Zahlen, Zeiten, Orte oder zwei Spalten mit Dingen.",
  "This answer cannot be shown as a chart, which needs numbers, times, places, or two columns of things.",
);

export async function show(place, address) {
  const [answer, { base, prefixes, terms }] = await Promise.all([
    answerOf(place),
    vocabulary(address),
  ]).catch(() => [{ detail: say("Der Server hat nicht geantwortet. Laden Sie die Seite neu.", "The server did not answer. Reload the page.") }, {}]);
  const columns = columnsOf(answer);
  const rows = answer.results?.bindings ?? [];
  const fitting = charts.filter((chart) => chart.fits(columns, rows));
  const table = place.nextElementSibling;
  const folded = place.closest("details");
  const asked = new URL(location.href).searchParams.get("view");
  const missing = charts.find(({ slug }) => slug === asked && !fitting.some((chart) => chart.slug === slug));
  if (!fitting.length) {
    if (missing || (!table && !folded)) place.replaceChildren(paragraph(answer.detail ?? NOTHING));
    if (missing && folded) Object.assign(folded, { hidden: false, open: true });
    return;
  }
  const word = words(base, prefixes, terms, JSON.parse(place.dataset.heads ?? "{}"));
  const area = document.createElement("figure");
  area.hidden = true;
  place.after(area);
  const choices = [...(table ? [{ name: say("Tabelle", "Table") }] : []), ...fitting].map((chart, number) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: chart.name });
    button.setAttribute("aria-pressed", String(number === 0 && !folded && Boolean(table)));
    button.dataset.view = chart.slug ?? "";
    button.addEventListener("click", () => {
      remember(chart.slug);
      for (const other of choices) other.setAttribute("aria-pressed", String(other === button));
      if (table) table.hidden = Boolean(chart.make);
      area.hidden = !chart.make;
      area.replaceChildren(...(chart.make ? picture(chart, columns, rows, place, word) : []));
    });
    return button;
  });
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", say("Darstellung", "View"));
  if (choices.length > 1 || missing) place.replaceChildren(...(missing ? [paragraph(without(missing))] : []), ...choices);
  const wanted = choices.find((button) => asked && button.dataset.view === asked);
  if (folded) {
    folded.hidden = false;
    if (!missing) folded.addEventListener("toggle", () => (wanted ?? choices[0]).click(), { once: true }); // a picture needs the width of its place
    folded.open = Boolean(wanted ?? missing);
  } else (wanted ?? (table || missing ? undefined : choices[0]))?.click();
}

function paragraph(textContent) {
  return Object.assign(document.createElement("p"), { textContent });
}

// What is said of a picture that was asked for and cannot be drawn; the buttons of those that can stand behind it.
function without({ name, needs }) {
  return say(`Diese Antwort lässt sich nicht als „${name}“ zeigen. Nötig sind ${needs}. Möglich ist:`, `This answer cannot be shown as “${name}”, which needs ${needs}. Available instead:`);
}

// A page has the links of a graph in itself; rows are asked for.
async function answerOf(place) {
  const own = place.querySelector("script");
  if (own) return JSON.parse(own.textContent);
  const response = await fetch(place.dataset.answer, { headers: { Accept: "application/sparql-results+json" } });
  return response.json();
}

// The address of the page names the picture that is shown, so that a link leads to it.
function remember(view) {
  const address = new URL(location.href);
  if (view) address.searchParams.set("view", view);
  else address.searchParams.delete("view");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function picture(chart, columns, rows, place, word) {
  const [svg, drawn] = chart.make(columns, rows, place.clientWidth, word);
  const buttons = Object.assign(document.createElement("div"), { className: "actions" });
  buttons.append(
    button("SVG", () => save(new Blob([svgText(svg)], { type: "image/svg+xml" }), "chart.svg")),
    button("PNG", async () => save(await png(svgText(svg)), "chart.png")),
  );
  if (place.dataset.chart) buttons.append(embedding(place.dataset.chart, chart.slug));
  const left = rows.length - drawn;
  const shown = svg.width.baseVal.value > place.clientWidth ? scrolling(svg) : svg;
  if (!left) return [shown, buttons];
  const said = say(
    `Dargestellt sind ${drawn} von ${rows.length} Zeilen; die übrigen sind zu viele oder haben keinen darstellbaren Wert.`,
    `${drawn} of ${rows.length} rows are shown; the others are too many or have no value to show.`,
  );
  return [shown, Object.assign(document.createElement("figcaption"), { textContent: said }), buttons];
}

// A picture that needs more width than there is, as tables do.
function scrolling(svg) {
  const frame = Object.assign(document.createElement("div"), { className: "wide", tabIndex: 0 });
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", svg.getAttribute("aria-label"));
  frame.append(svg);
  return frame;
}

// Chart only has an address, for a frame on another website.
function embedding(chart, view) {
  const address = new URL(chart, location);
  address.searchParams.set("view", view);
  address.searchParams.set("lang", document.documentElement.lang);
  const code = `<iframe src="${address}" width="100%" height="640" title="${document.querySelector("h1").textContent.trim()}"></iframe>`;
  const part = document.createElement("details");
  const link = Object.assign(document.createElement("a"), { href: address.href, textContent: say("Nur das Diagramm", "Chart only") });
  const block = document.createElement("pre");
  block.tabIndex = 0;
  block.append(Object.assign(document.createElement("code"), { textContent: code }));
  part.append(Object.assign(document.createElement("summary"), { textContent: say("Einbetten", "Embed") }), link, block);
  return part;
}

function button(name, action) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: name });
  made.addEventListener("click", action);
  return made;
}

// How a cell is written: a thing by its label if the dataset has one, else by its short name.
function words(base, prefixes, terms, heads) {
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
  const [numbers, groups] = ["min2", "always"].map((useGrouping) => new Intl.NumberFormat(german ? "de" : "en", { maximumFractionDigits: 6, useGrouping }));
  word.head = ({ name }) => heads[name] ?? name;
  const powers = new Intl.NumberFormat(german ? "de" : "en", { maximumFractionDigits: 6, notation: "scientific" });
  word.number = (value, inGroups = false) => {
    const number = Number(value);
    if (!Number.isFinite(number)) return value;
    return (Math.abs(number) >= LARGE || (number && Math.abs(number) < SMALL) ? powers : inGroups ? groups : numbers).format(number);
  };
  const root = new URL(document.querySelector("a.home").href).pathname;
  word.cell = (cell) =>
    cell?.type === "uri" && /^https?:/.test(cell.value)
      ? { address: base && cell.value.startsWith(base) ? root + cell.value.slice(base.length) : cell.value }
      : undefined;
  return word;
}
