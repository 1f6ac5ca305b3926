// Where in a query something is being written: as which part of a triple, about what, with which property.
const TOKEN =
  /"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|<[^>\s]*>|#[^\n]*|[?$]\w+|[\w-]*:[\w./%-]*[\w/%-]|[\w-]*:|\w+|\S/gu;
const CLAUSE = /^(?:OPTIONAL|UNION|MINUS|FILTER|BIND|VALUES|WHERE|SELECT|EXISTS|NOT|DISTINCT|ORDER|GROUP|HAVING|BY|LIMIT|OFFSET|AS)$/i;
const NAMED = /^(?:GRAPH|SERVICE)$/i;
const SUBJECT = 0;
const PROPERTY = 1;
const VALUE = 2;
const AFTER = 3;

// Whether a token is the property that says of what class something is.
const isType = (token) => token === "a" || token === "rdf:type";

// The triples of a text, and the part of the one at its end that comes next; no part inside brackets of an expression.
function read(text) {
  const triples = [];
  const outer = [];
  let [part, subject, property, depth, isInside, isName] = [SUBJECT, "", "", 0, false, false];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("#")) continue;
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (depth) continue;
    else if ("{}.".includes(token)) {
      [part, subject] = [SUBJECT, ""];
      isInside ||= token === "{";
    } else if (!isInside || CLAUSE.test(token)) continue;
    else if (isName) isName = false;
    else if (NAMED.test(token)) isName = true;
    else if (token === ";") part = PROPERTY;
    else if (token === ",") part = VALUE;
    else if (token === "[") {
      outer.push([subject, property]);
      [part, subject] = [PROPERTY, `[${outer.length}`];
    } else if (token === "]") {
      [subject, property] = outer.pop() ?? ["", ""];
      part = AFTER;
    } else if (part === VALUE && "/|".includes(token)) part = PROPERTY;
    else if ("*+?^".includes(token)) continue;
    else if (part === SUBJECT) [part, subject] = [PROPERTY, token];
    else if (part === PROPERTY) [part, property] = [VALUE, token];
    else if (part === VALUE) {
      triples.push([subject, property, token]);
      part = AFTER;
    }
  }
  return { triples, part: isInside && !depth && !isName ? part : AFTER, subject, property };
}

// What is due at a position: the use of the terms that fit, and how well each of them does.
export function place(text, position, terms) {
  const { part, subject, property } = read(text.slice(0, position));
  if (part === SUBJECT) return { uses: ["thing"], fits: () => true };
  if (part === VALUE && isType(property)) return { uses: ["class"], fits: () => true };
  if (part === PROPERTY) {
    const all = read(text).triples;
    const classes = all.filter(([one, name]) => one === subject && isType(name)).map(([, , value]) => value);
    return { uses: ["property"], fits: (term) => !classes.length || classes.some((one) => term.of.includes(one)) };
  }
  if (part === VALUE) {
    const to = terms.find((term) => term.name === property)?.to ?? [];
    return { uses: ["thing"], fits: (term) => !to.length || term.of.some((one) => to.includes(one)) };
  }
  return { uses: ["property", "class", "thing"], fits: () => true };
}
