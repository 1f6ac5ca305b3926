// A network from the first and the last column of things, with what is between them as the relation: in two columns or, if some are in both, where a small simulation puts them that always starts the same.
import { all } from "./columns.js";
import { draw, linked, shortened, titled } from "./svg.js";
import { say } from "./words.js";

const MOST = 120;
const MOST_RELATIONS = 7;
const STEPS = 300;
const SWEEPS = 8;
const LABEL = { width: 230, height: 20 };
const LEAST = 3 * LABEL.width; // names need this much room; where there is less, the picture scrolls
const EDGE = 16;
const GAP = 4; // between two names
const BESIDE = 12;
const LETTERS = 32;
// Where a name can stand: behind its mark, before it, above and below it.
const BEHIND = { x: BESIDE, y: 0, anchor: "start" };
const BEFORE = { x: -BESIDE, y: 0, anchor: "end" };
const SIDES = [BEHIND, BEFORE, { x: 0, y: -LABEL.height, anchor: "middle" }, { x: 0, y: LABEL.height, anchor: "middle" }];

export function network(columns, rows, room, word) {
  const width = Math.max(room, LEAST);
  const things = all(columns, "thing");
  const [from, to] = [things[0], things.at(-1)];
  const relation = things.length > 2 ? things[1] : undefined;
  const nodes = new Map();
  const edges = [];
  for (const row of rows) {
    if (!row[from.name] || !row[to.name]) continue;
    const ends = [row[from.name], row[to.name]];
    if (ends.some(({ value }) => !nodes.has(value)) && nodes.size > MOST) continue;
    for (const cell of ends) if (!nodes.has(cell.value)) nodes.set(cell.value, { cell, degree: 0 });
    const [one, other] = ends.map(({ value }) => nodes.get(value));
    one.degree += 1;
    other.degree += 1;
    edges.push([one, other, relation && row[relation.name]]);
  }
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `14px ${getComputedStyle(document.body).fontFamily}`; // as .chart has it
  for (const node of nodes.values()) {
    node.text = shortened(word(node.cell), LETTERS);
    node.long = pen.measureText(node.text).width + GAP; // by the letter, capitals would be too short
  }
  const sources = new Set(edges.map(([one]) => one));
  const isTwoSided = edges.every(([, other]) => !sources.has(other));
  const height = (isTwoSided ? face : place)([...nodes.values()], edges, width, Math.max(360, Math.min(640, width * 0.62)));
  const foot = relation ? 40 + MOST_RELATIONS * LABEL.height : 24;
  const svg = draw("svg", { class: "chart", viewBox: `0 0 ${width} ${height + foot}`, width, height: height + foot, role: "group", "aria-label": say("Netz", "Network") });
  svg.append(draw("defs", {}, draw("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, draw("path", { class: "arrow", d: "M0 0L8 4L0 8z" }))));
  const relations = [...new Set(edges.map(([, , cell]) => (cell ? word(cell) : "")))].slice(0, MOST_RELATIONS);
  for (const [one, other, cell] of edges) svg.append(edge(one, other, cell ? word(cell) : "", relations));
  const way = [from, relation, to].filter(Boolean).map((column) => word.head(column)).join(" → ");
  svg.append(draw("text", { class: "axis", x: 4, y: height + 18 }, `${say("Richtung der Pfeile:", "Direction of the arrows:")} ${way}`));
  if (relation) svg.append(...key(relations, height + 40));
  for (const node of nodes.values()) {
    const circle = draw("circle", { class: "shape", cx: node.x, cy: node.y, r: radius(node) });
    svg.append(
      titled(linked(word.cell(node.cell), circle), word(node.cell)),
      draw("text", { x: node.x + node.side.x, y: node.y + node.side.y + 4, "text-anchor": node.side.anchor }, node.text),
    );
  }
  return [svg, edges.length];
}

function radius({ degree }) {
  return 4 + Math.min(8, Math.sqrt(degree) * 2);
}

// A line that ends at the rim of what it leads to; its colour says which relation it is.
function edge(one, other, name, relations) {
  const far = Math.hypot(other.x - one.x, other.y - one.y) || 1;
  const rim = Math.max(0, 1 - (radius(other) + 2) / far);
  const end = { x2: one.x + (other.x - one.x) * rim, y2: one.y + (other.y - one.y) * rim };
  const line = draw("line", { class: `edge ${kind(name, relations)}`, x1: one.x, y1: one.y, ...end, "marker-end": "url(#arrow)" });
  return name ? titled(line, name) : line;
}

function kind(name, relations) {
  return name ? `relation-${relations.indexOf(name) + 1}` : "";
}

// What the colours of the lines mean, one below the other.
function key(relations, top) {
  return relations.flatMap((name, place) => {
    const y = top + place * LABEL.height;
    return [
      draw("line", { class: `edge ${kind(name, relations)}`, x1: 4, x2: 34, y1: y - 4, y2: y - 4 }),
      draw("text", { class: "axis", x: 42, y }, name || say("keine Angabe", "not stated")),
    ];
  });
}

// If nothing leads on that is led to: the ones on the left, the others on the right, their names outside, where no line
// is; each near its neighbours by the mean of their places (Sugiyama, Tagawa and Toda 1981). Gives the height of both.
function face(nodes, edges, width, least) {
  const left = new Set(edges.map(([one]) => one));
  const sides = [nodes.filter((node) => left.has(node)), nodes.filter((node) => !left.has(node))];
  const height = Math.max(least, ...sides.map((side) => side.length * LABEL.height + EDGE));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (const side of sides) {
      if (sweep) {
        for (const node of side) node.near = mean(edges.filter((pair) => pair.includes(node)).map(([one, other]) => (one === node ? other : one).y));
        side.sort((one, other) => one.near - other.near);
      }
      for (const [number, node] of side.entries()) node.y = ((number + 0.5) * height) / side.length;
    }
  for (const [number, side] of sides.entries()) {
    const long = Math.max(...side.map((node) => node.long)) + BESIDE;
    for (const node of side) Object.assign(node, { side: number ? BEHIND : BEFORE, x: number ? width - long : long });
  }
  return height;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Springs between neighbours, and everything pushes everything else away (Fruchterman and Reingold 1991); at the end,
// from top to bottom, each has its name where the fewest lines end or pass, and goes down to where that is free. Gives the
// height that this takes.
function place(nodes, edges, width, height) {
  const space = Math.sqrt((width * height) / (nodes.length + 1));
  for (const [number, node] of nodes.entries()) {
    const angle = number * 2.399963;
    const radius = 12 * Math.sqrt(number + 0.5);
    Object.assign(node, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  }
  for (let step = 0; step < STEPS; step += 1) {
    const heat = (width / 12) * (1 - step / STEPS);
    for (const node of nodes) Object.assign(node, { dx: node.x * -0.05, dy: node.y * -0.05 });
    for (const [number, one] of nodes.entries())
      for (const other of nodes.slice(number + 1)) push(one, other, (distance) => (space * space) / (distance * distance));
    for (const [one, other] of edges) push(one, other, (distance) => -distance / space);
    for (const node of nodes) {
      const far = Math.hypot(node.dx, node.dy) || 1;
      node.x += (node.dx / far) * Math.min(far, heat);
      node.y += (node.dy / far) * Math.min(far, heat);
    }
  }
  const side = LABEL.width * 0.9;
  fit(nodes, "x", side, width - side);
  fit(nodes, "y", EDGE, height - EDGE);
  const free = [];
  for (const node of [...nodes].sort((one, other) => one.y - other.y)) {
    const outer = node.x < width / 2 ? BEFORE : BEHIND; // of equals the one away from the middle, where the lines are
    const sides = [outer, ...SIDES.filter((one) => one !== outer)].map((one) => ({ one, ...span(node, one) }));
    const inside = sides.filter(({ left, right, top }) => left >= 0 && right <= width && top >= 0);
    const lines = inside.map((room) => edges.filter((ends) => crosses(ends, room)).length);
    const best = inside[lines.indexOf(Math.min(...lines))] ?? sides[0];
    node.side = best.one;
    node.x += Math.max(0, -best.left) - Math.max(0, best.right - width);
    const { left, right } = span(node, node.side);
    for (const other of free)
      if (other.left < right && left < other.right && Math.abs(other.y - node.y - node.side.y) < LABEL.height) node.y = other.y + LABEL.height - node.side.y;
    free.push({ left, right, y: node.y + node.side.y });
    free.sort((one, other) => one.y - other.y);
  }
  return Math.max(height, ...nodes.map((node) => node.y + EDGE));
}

// The room that a name takes beside its mark.
function span({ x, y, long }, side) {
  const start = x + side.x - { start: 0, middle: long / 2, end: long }[side.anchor];
  const middle = y + side.y;
  return { left: start, right: start + long, top: middle - LABEL.height / 2, bottom: middle + LABEL.height / 2 };
}

// Whether a line passes through a room (Liang and Barsky 1984).
function crosses([one, other], { left, right, top, bottom }) {
  let [enter, leave] = [0, 1];
  for (const [start, way, low, high] of [[one.x, other.x - one.x, left, right], [one.y, other.y - one.y, top, bottom]]) {
    if (!way && (start < low || start > high)) return false;
    if (!way) continue;
    const ends = [(low - start) / way, (high - start) / way].sort((a, b) => a - b);
    [enter, leave] = [Math.max(enter, ends[0]), Math.min(leave, ends[1])];
  }
  return enter < leave;
}

// Half by how far apart they are, half by their order: what is apart from the rest leaves the rest its room.
function fit(nodes, axis, low, high) {
  const order = nodes.map((node) => node[axis]).sort((one, other) => one - other);
  const [least, most] = [order[0], order.at(-1)];
  for (const node of nodes) {
    const share = most > least ? ((node[axis] - least) / (most - least) + order.indexOf(node[axis]) / (order.length - 1)) / 2 : 0.5;
    node[axis] = low + share * (high - low);
  }
}

function push(one, other, force) {
  const x = one.x - other.x || 0.01;
  const y = one.y - other.y || 0.01;
  const strength = force(Math.hypot(x, y));
  one.dx += x * strength;
  one.dy += y * strength;
  other.dx -= x * strength;
  other.dy -= y * strength;
}
