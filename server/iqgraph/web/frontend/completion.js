// Proposals while writing: keywords, variables, and terms by short name or by label in either language.
import { place } from "./place.js";
import { fold, vocabulary } from "./terms.js";
import { german } from "./words.js";

const KEYWORDS =
  "SELECT DISTINCT CONSTRUCT ASK DESCRIBE WHERE OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH FROM NAMED PREFIX ORDER BY DESC LIMIT OFFSET GROUP HAVING COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT EXISTS NOT IN LANG STR DATATYPE REGEX CONTAINS STRSTARTS LCASE YEAR BOUND COALESCE IF".split(
    " ",
  );
const MOST = 60;
const ICON = { property: "property", class: "class", thing: "constant" };

export function completion(address) {
  return async (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.text), validFor: /^[?$]\w*$/ };
    const word = context.matchBefore(/[\p{L}_][\p{L}\d_.-]*(?::[\p{L}\d_./-]*)?/u);
    if (!word && !context.explicit) return null;
    const typed = word?.text ?? "";
    if (typed.length < 2 && !typed.includes(":") && !context.explicit) return null;
    const { prefixes, terms } = await vocabulary(address);
    const from = word?.from ?? context.pos;
    return {
      from,
      options: [...keywords(typed), ...proposals(typed, terms, prefixes, place(context.state.doc.toString(), from, terms))],
      filter: false,
    };
  };
}

function keywords(typed) {
  return KEYWORDS.filter((keyword) => typed && keyword.startsWith(typed.toUpperCase())).map((keyword) => ({
    label: keyword,
    type: "keyword",
  }));
}

function variables(context, typed) {
  const found = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  found.delete(typed);
  return [...found].sort().map((label) => ({ label, type: "variable" }));
}

function proposals(typed, terms, prefixes, { uses, fits }) {
  const wanted = fold(typed);
  const [prefix, rest] = typed.includes(":") ? [`${typed.split(":")[0]}:`, fold(typed.split(":")[1])] : ["", wanted];
  const rank = (term) => [fits(term) ? 0 : 1, closeness(term, rest)];
  return terms
    .filter((term) => uses.includes(term.use) && term.name.startsWith(prefix) && term.text.includes(rest))
    .map((term) => [term, ...rank(term)])
    .sort(([, ...one], [, ...other]) => one[0] - other[0] || one[1] - other[1])
    .slice(0, MOST)
    .map(([term]) => ({
      label: term.name,
      detail: german ? term.german : term.english,
      info: [term.german, term.english].filter((label) => label).join(" · ") || undefined,
      type: ICON[term.use],
      apply: (view, _, from, to) => insert(view, term.name, from, to, prefixes),
    }));
}

// How close a term is to what was typed: its whole name, the beginning of one, of a word in one, or somewhere inside.
function closeness(term, typed) {
  if (term.labels.includes(typed)) return 0;
  if (term.labels.some((label) => label.startsWith(typed))) return 1;
  return term.labels.some((label) => label.split(/[^\p{L}\d]+/u).some((word) => word.startsWith(typed))) ? 2 : 3;
}

function insert(view, name, from, to, prefixes) {
  view.dispatch({
    changes: [{ from, to, insert: name }, ...declaration(view.state, name.split(":")[0], prefixes)],
    selection: { anchor: from + name.length + declared(view.state, name.split(":")[0], prefixes).length },
    userEvent: "input.complete",
  });
}

// The change that declares a known prefix which the query lacks.
export function declaration(state, prefix, prefixes) {
  const insert = declared(state, prefix, prefixes);
  return insert ? [{ from: 0, insert }] : [];
}

function declared(state, prefix, prefixes) {
  const known = prefixes[prefix];
  const there = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(state.doc.toString());
  return known && !there ? `PREFIX ${prefix}: <${known}>\n` : "";
}
