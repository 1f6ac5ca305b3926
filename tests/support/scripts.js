// Run the computing scripts of the pages with a minimal DOM, and print their results for some input as JSON.
// Usage: node scripts.js FOLDER LANGUAGE
import { pathToFileURL } from "node:url";

class Element {
  constructor(name = "div", properties = {}) {
    Object.assign(this, { localName: name, attributes: {}, childNodes: [], dataset: {}, listeners: {}, hidden: false, open: false }, properties);
  }
  get textContent() { return this.text ?? this.childNodes.map((one) => one.textContent ?? one).join(""); }
  set textContent(text) { this.text = text; }
  get lastElementChild() { return this.childNodes.at(-1); }
  setAttribute(name, value) { this.attributes[name] = value; }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...more) { this.childNodes.push(...more); }
  prepend(...more) { this.childNodes.unshift(...more); }
  replaceChildren(...more) { this.childNodes = more; }
  before(one) { this.previousElementSibling = one; }
  after() {}
  closest() { return this.group ?? null; }
  matches() { return true; }
  querySelector(selector) { return this.within?.[selector] ?? this.childNodes.find((one) => one.localName === selector); }
  querySelectorAll(selector) { return this.within?.[selector] ?? []; }
  addEventListener(event, act) { this.listeners[event] = act; }
  click() { return this.listeners.click({ target: this }); }
  getContext() { return { measureText: (text) => ({ width: 8 * text.length }) }; }
}

const [folder, language] = process.argv.slice(2);
const entries = [];
const requests = [];
let answer;
globalThis.document = Object.assign(new Element(), {
  documentElement: { lang: language },
  body: new Element("body"),
  createElement: (name) => new Element(name),
  createElementNS: (_, name) => new Element(name),
  querySelector: () => ({ href: "http://a.example/" }),
  querySelectorAll: () => entries,
});
globalThis.getComputedStyle = () => ({ fontFamily: "x" });
globalThis.location = new URL("http://a.example/page");
globalThis.fetch = async (address) => {
  requests.push(String(address));
  return { ok: false, json: async () => answer, text: async () => "" };
};
Object.defineProperty(globalThis, "navigator", { value: { clipboard: { writeText: async (text) => requests.push(text) } } });

const load = (name) => import(pathToFileURL(`${folder}/${name}.js`));
const { columnsOf, pointsOf, span } = await load("columns");
const { charts } = await load("charts");
const { completion, declaration } = await load("completion");
const { showEvidence } = await load("evidence");
const { filters } = await load("parts");
const { place } = await load("place");
const { shorten } = await load("svg");
const { enhance } = await load("tables");
const { fold } = await load("terms");
const { show } = await load("views");

const XSD = "http://www.w3.org/2001/XMLSchema#";
const kinds = { n: "decimal", t: "gYear", d: "date" };
// A cell from a short form: "n:5" is a number, "t:2013" a year, "u:a" a thing, "s:a" a text.
const cell = (short) => {
  const [kind, value] = [short[0], short.slice(2)];
  if (kind === "u") return { type: "uri", value: `http://b.example/${value}` };
  return { type: "literal", value, ...(kinds[kind] ? { datatype: XSD + kinds[kind] } : {}) };
};
const results = (rows) => ({
  head: { vars: rows[0].map((_, place) => `v${place}`) },
  results: { bindings: rows.map((row) => Object.fromEntries(row.flatMap((one, place) => (one ? [[`v${place}`, cell(one)]] : [])))) },
});
const word = Object.assign((one) => one?.value.replace("http://b.example/", "") ?? "", { cell: () => undefined, head: ({ name }) => name, number: String });
const all = (one) => [one, ...(one.childNodes ?? []).flatMap(all)];
const shapes = (svg, name) => all(svg).filter((one) => one.localName === name && one.attributes.class !== "grid").map((one) => ({ ...one.attributes, text: one.textContent }));
const draw = (slug, rows, width = 900) => {
  const { head, results: solutions } = results(rows);
  const columns = columnsOf({ head, results: solutions });
  const [svg, drawn] = charts.find((one) => one.slug === slug).make(columns, solutions.bindings, width, word);
  return { drawn, width: svg.attributes.width, height: svg.attributes.height, ...Object.fromEntries(["rect", "circle", "line", "path", "text"].map((name) => [name, shapes(svg, name)])) };
};
const fitting = (rows) => {
  const { head, results: solutions } = results(rows);
  return charts.filter((one) => one.fits(columnsOf({ head, results: solutions }), solutions.bindings)).map((one) => one.slug);
};

const input = JSON.parse(await new Response(process.stdin).text());
const output = {
  names: charts.map((one) => one.name),
  kinds: input.rows.map((rows) => columnsOf(results(rows)).map((one) => one.kind)),
  fitting: input.rows.map(fitting),
  spans: input.spans.map((text) => span(text) ?? null),
  folded: input.folded.map(fold),
  shortened: input.shortened.map(([text, most]) => shorten(text, most)),
  points: input.points.map((rows) => { const table = results(rows); table.head.vars = table.head.vars.map((name, place) => ["lat", "lon", "where"][place] ?? name); table.results.bindings = table.results.bindings.map((row) => Object.fromEntries(Object.entries(row).map(([name, one]) => [["lat", "lon", "where"][Number(name.slice(1))], one]))); return pointsOf(columnsOf(table), table.results.bindings).map(({ x, y }) => [x, y]); }),
  drawings: input.drawings.map(([slug, rows]) => draw(slug, rows)),
};

const terms = input.terms;
answer = { base: "http://b.example/", prefixes: { iq: "http://iq.example/#" }, terms };
const candidates = terms.map(([name, use, , , , of, to]) => ({ name, use, classes: of, ranges: to }));
output.places = input.places.map((text) => {
  const at = text.indexOf("|");
  const { uses, fits } = place(text.replace("|", ""), at, candidates);
  return { uses, fitting: candidates.filter((one) => uses.includes(one.use) && fits(one)).map((one) => one.name) };
});
output.proposals = await Promise.all(input.proposals.map(async (text) => {
  const matchBefore = (form) => { const match = new RegExp(`${form.source}$`, form.flags).exec(text); return match && { from: match.index, text: match[0] }; };
  const list = await completion("/completion")({ matchBefore, explicit: false, pos: text.length, state: { doc: text } });
  return list && list.options.map(({ label, detail }) => [label, detail ?? ""]);
}));
output.declared = input.declared.map((text) => declaration({ doc: text }, "iq", answer.prefixes));

const cells = (values) => values.map((text) => new Element("td", { text }));
const body = { rows: input.sorted.map((values) => ({ cells: cells(values) })), append(...rows) { this.rows = rows; } };
const headings = input.sorted[0].map(() => new Element("th"));
const code = new Element("pre", { text: "SELECT" });
enhance(new Element("div", { within: { "table.sortable": [{ tHead: { rows: [{ cells: headings }] }, tBodies: [body] }], "pre.copied": [code] } }));
output.sorted = headings.map((heading) => ["ascending", "descending"].map((way) => {
  heading.childNodes[0].click();
  return [heading.attributes["aria-sort"] === way, headings.filter((one) => one.attributes["aria-sort"]).length, body.rows.map((row) => row.cells.map((one) => one.textContent))];
}));
requests.length = 0;
await code.previousElementSibling.click();
output.copied = [...requests, code.previousElementSibling.textContent];

const number = new Element("small");
const group = Object.assign(new Element("details", { within: { "summary small:not(:has(*))": number } }), { contains: (one) => one.group === group });
entries.push(...input.entries.map((text) => new Element("p", { text, group })));
const [field, status] = [new Element("input"), new Element("p")];
filters(new Element("div", { within: { "[data-filter]": [new Element("div", { dataset: { filter: ".one" }, within: { input: field, "[role=status]": status } })] } }));
output.filtered = input.filtered.map((value) => {
  field.listeners.input({ target: { value } });
  return [entries.filter((one) => !one.hidden).map((one) => one.textContent), group.hidden, group.open, number.textContent, status.textContent];
});

output.proved = [];
for (const count of input.proved) {
  requests.length = 0;
  const rows = Array.from({ length: count }, () => ({ insertCell() {}, deleteCell() {} }));
  const table = { dataset: { evidence: "/evidence?query=x&limit=30" }, rows, tHead: { rows: [new Element("tr")] }, tBodies: [{ rows }] };
  await showEvidence(table);
  output.proved.push(requests.map((one) => one.replace("http://a.example", "")));
}
answer = results(input.viewed);
const views = new Element("div", { dataset: { answer: "/answer" }, nextElementSibling: new Element("table"), parentElement: new Element() });
await show(views, "/completion");
output.views = views.childNodes.map((one) => [one.textContent, one.dataset.view, one.attributes["aria-pressed"]]);
globalThis.history = { replaceState: (state, title, address) => (location.href = address) };
location.search = "?view=line";
views.childNodes[0].click();
output.address = location.href;
console.log(JSON.stringify(output));
