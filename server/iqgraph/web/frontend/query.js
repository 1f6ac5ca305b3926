// The query page: the form works without this; here it gets an editor, and answers come without a new page.
import { complete } from "./answer.js";
import { edit, mark, replace, unmark } from "./editor.js";
import { vocabulary } from "./terms.js";
import { say } from "./words.js";

const LONGEST = 6000;
const PATIENCE = 250;
const form = document.querySelector("form.query");
const area = form?.querySelector("textarea");
let running;

if (form?.dataset.terms) {
  const view = edit(area, form.querySelector("label").textContent, form.dataset.terms, () => {
    form.requestSubmit();
    return true;
  });
  form.dataset.busy = ""; // until it has terms to propose
  vocabulary(form.dataset.terms).then(() => delete form.dataset.busy);
  form.querySelector("label").addEventListener("click", () => view.focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(view, true);
  });
  const first = area.value;
  addEventListener("popstate", ({ state }) => {
    const query = state?.query ?? new URL(location.href).searchParams.get("query");
    follow();
    replace(view, query ?? first);
    if (query === null) place().replaceChildren();
    else ask(view, false);
  });
  if (form.dataset.line) mark(view, Number(form.dataset.line), Number(form.dataset.column), form.dataset.message);
  finish();
}

async function ask(view, remember) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  unmark(view);
  const result = place();
  const slow = setTimeout(() => wait(result, mine), PATIENCE);
  try {
    const response = await fetch(...request(area.value, mine.signal));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("result");
    if (!fresh) throw new TypeError(`HTTP ${response.status}`);
    if (!response.ok) fresh.prepend(heading(page.querySelector("h1").textContent));
    result.replaceWith(fresh);
    if (remember) keep(area.value, fresh);
    if (fresh.dataset.line) {
      mark(view, Number(fresh.dataset.line), Number(fresh.dataset.column), fresh.querySelector(".detail").textContent);
      view.focus();
    }
    finish();
  } catch (error) {
    if (mine.signal.aborted && running !== mine) return;
    const stopped = mine.signal.aborted;
    result.replaceChildren(
      heading(stopped ? say("Abgebrochen", "Stopped") : say("Der Server antwortet nicht", "The server does not answer")),
      paragraph(
        stopped
          ? say("Die Abfrage wurde abgebrochen.", "The query was cancelled.")
          : say("Prüfen Sie, ob er läuft und erreichbar ist, und versuchen Sie es noch einmal.", "Check that it is running and reachable, and try again."),
      ),
    );
  } finally {
    clearTimeout(slow);
    if (running === mine) running = undefined;
  }
}

// The place of the answer; on the page of a problem it stands before the form, here always after it.
function place() {
  let result = document.getElementById("result");
  if (!result) {
    result = document.createElement("section");
    result.id = "result";
  }
  form.after(result);
  result.setAttribute("aria-live", "polite");
  return result;
}

function request(query, signal) {
  const headers = { Accept: "text/html" };
  const parameters = new URLSearchParams({ query });
  const { lang } = document.documentElement;
  const address = endpoint();
  address.searchParams.set("lang", lang);
  if (query.length > LONGEST) return [address, { method: "POST", headers, body: parameters, signal }];
  address.searchParams.set("query", query);
  return [address, { headers, signal }];
}

// The address that is asked, with the graphs that this page asks.
function endpoint() {
  const address = new URL(form.action);
  for (const { name, value } of form.querySelectorAll("input[name$=graph-uri]")) address.searchParams.append(name, value);
  return address;
}

// The address of the answer: with the query, or the short one if that would be too long.
function keep(query, result) {
  const short = query.length > LONGEST && result.querySelector('a[href*="/q/"]');
  const address = short ? new URL(short.href) : endpoint();
  const chosen = new URL(location.href).searchParams.get("lang");
  if (chosen) address.searchParams.set("lang", chosen);
  if (query.length <= LONGEST) address.searchParams.set("query", query);
  if (address.href !== location.href) history.pushState({ query }, "", address);
  follow();
}

// The links to the other language lead to what is shown now.
function follow() {
  const address = new URL(location.href);
  for (const link of document.querySelectorAll(".languages a")) {
    address.searchParams.set("lang", link.hreflang);
    link.href = address.href;
  }
}

function wait(result, mine) {
  const stop = document.createElement("button");
  stop.className = "plain";
  stop.textContent = say("Abbrechen", "Stop");
  stop.addEventListener("click", () => mine.abort());
  result.replaceChildren(heading(say("Wird berechnet …", "Running …")), stop);
}

function finish() {
  const result = document.getElementById("result");
  if (result) complete(result);
}

function heading(text) {
  return Object.assign(document.createElement("h2"), { textContent: text });
}

function paragraph(text) {
  return Object.assign(document.createElement("p"), { textContent: text });
}
