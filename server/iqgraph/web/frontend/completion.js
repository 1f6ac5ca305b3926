// Completion: keywords, variables, and terms by short name or by label in either language.
import { place } from "./place.js";
import { fold, vocabulary } from "./terms.js";
import { german } from "./words.js";

const KEYWORDS =
  "SELECT DISTINCT CONSTRUCT ASK DESCRIBE WHERE OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH FROM NAMED PREFIX ORDER BY DESC LIMIT OFFSET GROUP HAVING COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT EXISTS NOT IN LANG STR DATATYPE REGEX CONTAINS STRSTARTS LCASE YEAR BOUND COALESCE IF".split(
    " ",
  );
const MAX_TERMS = 60;
const ICON = { property: "property", class: "class", thing: "constant" };

export function completion(address) {
  return async (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.text), validFor: /^[?$]\w*$/ };
    const word = context.matchBefore(/[\p{L}_][\p{L}\d_.-]*(?::[\p{L}\d_./-]*)?/u);
    if (!word && !context.explicit) return null;
    const text = word?.text ?? "";
    if (text.length < 2 && !text.includes(":") && !context.explicit) return null;
    const { prefixes, terms } = await vocabulary(address);
    const from = word?.from ?? context.pos;
    return {
      from,
      options: [...keywords(text), ...termOptions(text, terms, prefixes, place(context.state.doc.toString(), from, terms))],
      filter: false,
    };
  };
}

function keywords(text) {
  return KEYWORDS.filter((keyword) => text && keyword.startsWith(text.toUpperCase())).map((keyword) => ({
    label: keyword,
    type: "keyword",
  }));
}

function variables(context, text) {
  const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  names.delete(text);
  return [...names].sort().map((label) => ({ label, type: "variable" }));
}

function termOptions(text, terms, prefixes, { uses, fits }) {
  const folded = fold(text);
  const [prefix, rest] = text.includes(":") ? [`${text.split(":")[0]}:`, fold(text.split(":")[1])] : ["", folded];
  const rank = (term) => [fits(term) ? 0 : 1, closeness(term, rest)];
  return terms
    .filter((term) => uses.includes(term.use) && term.name.startsWith(prefix) && term.text.includes(rest))
    .map((term) => [term, ...rank(term)])
    .sort(([, ...one], [, ...other]) => one[0] - other[0] || one[1] - other[1])
    .slice(0, MAX_TERMS)
    .map(([term]) => ({
      label: term.name,
      detail: german ? term.german : term.english,
      info: [term.german, term.english].filter((label) => label).join(" · ") || undefined,
      type: ICON[term.use],
      apply: (view, _, from, to) => insert(view, term.name, from, to, prefixes),
    }));
}

// How well a term matches a text: a whole label, its beginning, the beginning of a word, or somewhere inside.
function closeness(term, text) {
  if (term.labels.includes(text)) return 0;
  if (term.labels.some((label) => label.startsWith(text))) return 1;
  return term.labels.some((label) => label.split(/[^\p{L}\d]+/u).some((word) => word.startsWith(text))) ? 2 : 3;
}

function insert(view, name, from, to, prefixes) {
  view.dispatch({
    changes: [{ from, to, insert: name }, ...declaration(view.state, name.split(":")[0], prefixes)],
    selection: { anchor: from + name.length + declarationText(view.state, name.split(":")[0], prefixes).length },
    userEvent: "input.complete",
  });
}

// The change that declares a known prefix that is missing in the query.
export function declaration(state, prefix, prefixes) {
  const insert = declarationText(state, prefix, prefixes);
  return insert ? [{ from: 0, insert }] : [];
}

function declarationText(state, prefix, prefixes) {
  const iri = prefixes[prefix];
  const isDeclared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(state.doc.toString());
  return iri && !isDeclared ? `PREFIX ${prefix}: <${iri}>\n` : "";
}
