// The views of an answer: its table, if the page has it, and each chart that its columns allow.
import { charts } from "./charts.js";
import { columnsOf } from "./columns.js";
import { png, save, svgText } from "./svg.js";
import { vocabulary } from "./terms.js";
import { german, say } from "./words.js";

// Beyond these, numbers are in scientific notation.
const LARGE = 1e12;
const SMALL = 1e-6;
const NO_CHART = say(
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
  const available = charts.filter((chart) => chart.fits(columns, rows));
  const table = place.nextElementSibling;
  const collapsible = place.closest("details");
  const view = new URL(location.href).searchParams.get("view");
  const missing = charts.find(({ slug }) => slug === view && !available.some((chart) => chart.slug === slug));
  if (!available.length) {
    if (missing || (!table && !collapsible)) place.replaceChildren(paragraph(answer.detail ?? NO_CHART));
    if (missing && collapsible) Object.assign(collapsible, { hidden: false, open: true });
    return;
  }
  const word = words(base, prefixes, terms, JSON.parse(place.dataset.heads ?? "{}"));
  const area = document.createElement("figure");
  area.hidden = true;
  place.after(area);
  const choices = [...(table ? [{ name: say("Tabelle", "Table") }] : []), ...available].map((chart, number) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: chart.name });
    button.setAttribute("aria-pressed", String(number === 0 && !collapsible && Boolean(table)));
    button.dataset.view = chart.slug ?? "";
    button.addEventListener("click", () => {
      updateAddress(chart.slug);
      for (const other of choices) other.setAttribute("aria-pressed", String(other === button));
      if (table) table.hidden = Boolean(chart.make);
      area.hidden = !chart.make;
      area.replaceChildren(...(chart.make ? picture(chart, columns, rows, place, word) : []));
    });
    return button;
  });
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", say("Darstellung", "View"));
  if (choices.length > 1 || missing) place.replaceChildren(...(missing ? [paragraph(unavailableMessage(missing))] : []), ...choices);
  const choice = choices.find((button) => view && button.dataset.view === view);
  if (collapsible) {
    collapsible.hidden = false;
    if (!missing) collapsible.addEventListener("toggle", () => (choice ?? choices[0]).click(), { once: true }); // a chart needs the width of its container
    collapsible.open = Boolean(choice ?? missing);
  } else (choice ?? (table || missing ? undefined : choices[0]))?.click();
}

function paragraph(textContent) {
  return Object.assign(document.createElement("p"), { textContent });
}

// The message about a chart that cannot be drawn; the buttons of the available ones follow it.
function unavailableMessage({ name, needs }) {
  return say(`Diese Antwort lässt sich nicht als „${name}“ zeigen. Nötig sind ${needs}. Möglich ist:`, `This answer cannot be shown as “${name}”, which needs ${needs}. Available instead:`);
}

// The answer: in the page itself for a graph, else from the server.
async function answerOf(place) {
  const own = place.querySelector("script");
  if (own) return JSON.parse(own.textContent);
  const response = await fetch(place.dataset.answer, { headers: { Accept: "application/sparql-results+json" } });
  return response.json();
}

// Sets the address of the page, so that a link leads to this view.
function updateAddress(view) {
  const address = new URL(location.href);
  if (view) address.searchParams.set("view", view);
  else address.searchParams.delete("view");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function picture(chart, columns, rows, place, word) {
  const [svg, count] = chart.make(columns, rows, place.clientWidth, word);
  const buttons = Object.assign(document.createElement("div"), { className: "actions" });
  buttons.append(
    button("SVG", () => save(new Blob([svgText(svg)], { type: "image/svg+xml" }), "chart.svg")),
    button("PNG", async () => save(await png(svgText(svg)), "chart.png")),
  );
  if (place.dataset.chart) buttons.append(embedding(place.dataset.chart, chart.slug));
  const omitted = rows.length - count;
  const element = svg.width.baseVal.value > place.clientWidth ? scrolling(svg) : svg;
  if (!omitted) return [element, buttons];
  const caption = say(
    `Dargestellt sind ${count} von ${rows.length} Zeilen; die übrigen sind zu viele oder haben keinen darstellbaren Wert.`,
    `${count} of ${rows.length} rows are shown; the others are too many or have no value to show.`,
  );
  return [element, Object.assign(document.createElement("figcaption"), { textContent: caption }), buttons];
}

// A scrollable frame for a chart that is wider than the page.
function scrolling(svg) {
  const frame = Object.assign(document.createElement("div"), { className: "wide", tabIndex: 0 });
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", svg.getAttribute("aria-label"));
  frame.append(svg);
  return frame;
}

// The address of the chart alone, for a frame on another website.
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
  const element = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: name });
  element.addEventListener("click", action);
  return element;
}

// The text of a cell: of a thing the label or, without one, the short name.
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
    return (Math.abs(number) >= LARGE || (number && Math.abs(number) < SMALL) ? powers : inGroups ? groups : numbers).format(number).replaceAll("-", "\u2212");
  };
  const root = new URL(document.querySelector("a.home").href).pathname;
  word.cell = (cell) =>
    cell?.type === "uri" && /^https?:/.test(cell.value)
      ? { address: base && cell.value.startsWith(base) ? root + cell.value.slice(base.length) : cell.value }
      : undefined;
  return word;
}
