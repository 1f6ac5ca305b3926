// The position of the cursor in a query: the part of a triple, its subject and its property.
const TOKEN =
  /"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|<[^>\s]*>|#[^\n]*|[?$]\w+|[\w-]*:[\w./%-]*[\w/%-]|[\w-]*:|\w+|\S/gu;
const CLAUSE = /^(?:OPTIONAL|UNION|MINUS|FILTER|BIND|VALUES|WHERE|SELECT|EXISTS|NOT|DISTINCT|ORDER|GROUP|HAVING|BY|LIMIT|OFFSET|AS)$/i;
const GRAPH_NAME = /^(?:GRAPH|SERVICE)$/i;
const SUBJECT = 0;
const PROPERTY = 1;
const VALUE = 2;
const NONE = 3;

// Whether a token is the property for the class of a thing.
const isType = (token) => token === "a" || token === "rdf:type";

// The triples of a text, and the next part of the last one; NONE inside the parentheses of an expression.
function parse(text) {
  const triples = [];
  const stack = [];
  let [part, subject, property, depth, isInside, isGraphName] = [SUBJECT, "", "", 0, false, false];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("#")) continue;
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (depth) continue;
    else if ("{}.".includes(token)) {
      [part, subject] = [SUBJECT, ""];
      isInside ||= token === "{";
    } else if (!isInside || CLAUSE.test(token)) continue;
    else if (isGraphName) isGraphName = false;
    else if (GRAPH_NAME.test(token)) isGraphName = true;
    else if (token === ";") part = PROPERTY;
    else if (token === ",") part = VALUE;
    else if (token === "[") {
      stack.push([subject, property]);
      [part, subject] = [PROPERTY, `[${stack.length}`];
    } else if (token === "]") {
      [subject, property] = stack.pop() ?? ["", ""];
      part = NONE;
    } else if (part === VALUE && "/|".includes(token)) part = PROPERTY;
    else if ("*+?^".includes(token)) continue;
    else if (part === SUBJECT) [part, subject] = [PROPERTY, token];
    else if (part === PROPERTY) [part, property] = [VALUE, token];
    else if (part === VALUE) {
      triples.push([subject, property, token]);
      part = NONE;
    }
  }
  return { triples, part: isInside && !depth && !isGraphName ? part : NONE, subject, property };
}

// The uses of the terms that can come at a position, and whether a term fits.
export function place(text, position, terms) {
  const { part, subject, property } = parse(text.slice(0, position));
  if (part === SUBJECT) return { uses: ["thing"], fits: () => true };
  if (part === VALUE && isType(property)) return { uses: ["class"], fits: () => true };
  if (part === PROPERTY) {
    const classes = parse(text).triples.filter(([one, name]) => one === subject && isType(name)).map(([, , value]) => value);
    return { uses: ["property"], fits: (term) => !classes.length || classes.some((one) => term.classes.includes(one)) };
  }
  if (part === VALUE) {
    const ranges = terms.find((term) => term.name === property)?.ranges ?? [];
    return { uses: ["thing"], fits: (term) => !ranges.length || term.classes.some((one) => ranges.includes(one)) };
  }
  return { uses: ["property", "class", "thing"], fits: () => true };
}
