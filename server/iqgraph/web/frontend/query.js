// Enhances the query page: an editor in the form, and answers without a new page.
import { complete } from "./answer.js";
import { edit, mark, replace, unmark } from "./editor.js";
import { vocabulary } from "./terms.js";
import { say } from "./words.js";

const MAX_ADDRESS_CHARACTERS = 6000;
const DELAY_MS = 250;
const form = document.querySelector("form.query");
const area = form?.querySelector("textarea");
let running;

if (form?.dataset.terms) {
  const view = edit(area, form.querySelector("label").textContent, form.dataset.terms, () => {
    form.requestSubmit();
    return true;
  });
  form.dataset.busy = ""; // until completion has its terms
  vocabulary(form.dataset.terms).then(() => delete form.dataset.busy);
  form.querySelector("label").addEventListener("click", () => view.focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(view, true);
  });
  const first = area.value;
  addEventListener("popstate", ({ state }) => {
    const query = state?.query ?? new URL(location.href).searchParams.get("query");
    updateLanguageLinks();
    replace(view, query ?? first);
    if (query === null) resultElement().replaceChildren();
    else ask(view, false);
  });
  if (form.dataset.line) mark(view, Number(form.dataset.line), Number(form.dataset.column), form.dataset.message);
  finish();
}

async function ask(view, remember) {
  running?.abort();
  const controller = new AbortController();
  running = controller;
  unmark(view);
  const result = resultElement();
  const slow = setTimeout(() => showProgress(result, controller), DELAY_MS);
  try {
    const response = await fetch(...request(area.value, controller.signal));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("result");
    if (!fresh) throw new TypeError(`HTTP ${response.status}`);
    if (!response.ok) fresh.prepend(heading(page.querySelector("h1").textContent));
    result.replaceWith(fresh);
    if (remember) updateAddress(area.value, fresh);
    if (fresh.dataset.line) {
      mark(view, Number(fresh.dataset.line), Number(fresh.dataset.column), fresh.querySelector(".detail").textContent);
      view.focus();
    }
    finish();
  } catch (error) {
    if (controller.signal.aborted && running !== controller) return;
    const isAborted = controller.signal.aborted;
    result.replaceChildren(
      heading(isAborted ? say("Abgebrochen", "Stopped") : say("Der Server antwortet nicht", "The server does not answer")),
      paragraph(
        isAborted
          ? say("Die Abfrage wurde abgebrochen.", "The query was cancelled.")
          : say("Prüfen Sie, ob er läuft und erreichbar ist, und versuchen Sie es noch einmal.", "Check that it is running and reachable, and try again."),
      ),
    );
  } finally {
    clearTimeout(slow);
    if (running === controller) running = undefined;
  }
}

// The element for the answer, always after the form, also on the page of a problem.
function resultElement() {
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
  if (query.length > MAX_ADDRESS_CHARACTERS) return [address, { method: "POST", headers, body: parameters, signal }];
  address.searchParams.set("query", query);
  return [address, { headers, signal }];
}

// The address of the endpoint with the graphs of this page.
function endpoint() {
  const address = new URL(form.action);
  for (const { name, value } of form.querySelectorAll("input[name$=graph-uri]")) address.searchParams.append(name, value);
  return address;
}

// Sets the address of the page: with the query or, if that is too long, the short link.
function updateAddress(query, result) {
  const short = query.length > MAX_ADDRESS_CHARACTERS && result.querySelector('a[href*="/q/"]');
  const address = short ? new URL(short.href) : endpoint();
  const language = new URL(location.href).searchParams.get("lang");
  if (language) address.searchParams.set("lang", language);
  if (query.length <= MAX_ADDRESS_CHARACTERS) address.searchParams.set("query", query);
  if (address.href !== location.href) history.pushState({ query }, "", address);
  updateLanguageLinks();
}

// Makes the language links lead to the current answer.
function updateLanguageLinks() {
  const address = new URL(location.href);
  for (const link of document.querySelectorAll(".languages a")) {
    address.searchParams.set("lang", link.hreflang);
    link.href = address.href;
  }
}

function showProgress(result, controller) {
  const stop = document.createElement("button");
  stop.className = "plain";
  stop.textContent = say("Abbrechen", "Stop");
  stop.addEventListener("click", () => controller.abort());
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
