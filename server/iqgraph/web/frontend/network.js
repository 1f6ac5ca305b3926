// A network of the first and the last column of things, with a column between them as relation: in two columns or, if some
// things are in both, by a deterministic simulation.
import { all } from "./columns.js";
import { draw, shorten, withLink, withTitle } from "./svg.js";
import { say } from "./words.js";

const MAX_NODES = 120;
const MAX_RELATIONS = 7;
const STEPS = 300;
const SWEEPS = 8;
const LABEL = { width: 230, height: 20 };
const MIN_WIDTH = 3 * LABEL.width; // for the labels; in less room, the picture scrolls
const MARGIN = 16;
const GAP = 4; // between two labels
const LABEL_DISTANCE = 12;
const MAX_LABEL_CHARACTERS = 32;
// The positions of a label: after its mark, before it, above and below it.
const AFTER = { x: LABEL_DISTANCE, y: 0, anchor: "start" };
const BEFORE = { x: -LABEL_DISTANCE, y: 0, anchor: "end" };
const SIDES = [AFTER, BEFORE, { x: 0, y: -LABEL.height, anchor: "middle" }, { x: 0, y: LABEL.height, anchor: "middle" }];

export function network(columns, rows, room, word) {
  const width = Math.max(room, MIN_WIDTH);
  const things = all(columns, "thing");
  const [from, to] = [things[0], things.at(-1)];
  const relation = things.length > 2 ? things[1] : undefined;
  const nodes = new Map();
  const edges = [];
  for (const row of rows) {
    if (!row[from.name] || !row[to.name]) continue;
    const ends = [row[from.name], row[to.name]];
    if (new Set([...nodes.keys(), ...ends.map(({ value }) => value)]).size > MAX_NODES) continue;
    for (const cell of ends) if (!nodes.has(cell.value)) nodes.set(cell.value, { cell, degree: 0 });
    const [one, other] = ends.map(({ value }) => nodes.get(value));
    one.degree += 1;
    other.degree += 1;
    edges.push([one, other, relation && row[relation.name]]);
  }
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = `14px ${getComputedStyle(document.body).fontFamily}`; // the font of .chart
  for (const node of nodes.values()) {
    node.text = shorten(word(node.cell), MAX_LABEL_CHARACTERS);
    node.labelWidth = canvas.measureText(node.text).width + GAP; // an average character width would be too small for capitals
  }
  const sources = new Set(edges.map(([one]) => one));
  const isTwoSided = edges.every(([, other]) => !sources.has(other));
  const height = (isTwoSided ? arrange : simulate)([...nodes.values()], edges, width, Math.max(360, Math.min(640, width * 0.62)));
  const legendHeight = relation ? 40 + MAX_RELATIONS * LABEL.height : 24;
  const svg = draw("svg", { class: "chart", viewBox: `0 0 ${width} ${height + legendHeight}`, width, height: height + legendHeight, role: "group", "aria-label": say("Netz", "Network") });
  svg.append(draw("defs", {}, draw("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, draw("path", { class: "arrow", d: "M0 0L8 4L0 8z" }))));
  const relations = [...new Set(edges.map(([, , cell]) => (cell ? word(cell) : "")))].slice(0, MAX_RELATIONS);
  for (const [one, other, cell] of edges) svg.append(edge(one, other, cell ? word(cell) : "", relations));
  const direction = [from, relation, to].filter(Boolean).map((column) => word.head(column)).join(" → ");
  svg.append(draw("text", { class: "axis", x: 4, y: height + 18 }, `${say("Richtung der Pfeile:", "Direction of the arrows:")} ${direction}`));
  if (relation) svg.append(...legend(relations, height + 40));
  for (const node of nodes.values()) {
    const circle = draw("circle", { class: "shape", cx: node.x, cy: node.y, r: radius(node) });
    svg.append(
      withTitle(withLink(word.cell(node.cell), circle), word(node.cell)),
      draw("text", { x: node.x + node.side.x, y: node.y + node.side.y + 4, "text-anchor": node.side.anchor }, node.text),
    );
  }
  return [svg, edges.length];
}

function radius({ degree }) {
  return 4 + Math.min(8, Math.sqrt(degree) * 2);
}

// A line that ends at the rim of its target, in the colour of its relation.
function edge(one, other, name, relations) {
  const distance = Math.hypot(other.x - one.x, other.y - one.y) || 1;
  const rim = Math.max(0, 1 - (radius(other) + 2) / distance);
  const end = { x2: one.x + (other.x - one.x) * rim, y2: one.y + (other.y - one.y) * rim };
  const line = draw("line", { class: `edge ${kind(name, relations)}`, x1: one.x, y1: one.y, ...end, "marker-end": "url(#arrow)" });
  return name ? withTitle(line, name) : line;
}

function kind(name, relations) {
  return name ? `relation-${relations.indexOf(name) + 1}` : "";
}

// The legend of the colours, one relation a line.
function legend(relations, top) {
  return relations.flatMap((name, index) => {
    const y = top + index * LABEL.height;
    return [
      draw("line", { class: `edge ${kind(name, relations)}`, x1: 4, x2: 34, y1: y - 4, y2: y - 4 }),
      draw("text", { class: "axis", x: 42, y }, name || say("keine Angabe", "not stated")),
    ];
  });
}

// Two columns, for a bipartite network: sources on the left, targets on the right, labels outside, where there are no lines;
// ordered by the mean position of the neighbours (Sugiyama, Tagawa and Toda 1981). Returns the height.
function arrange(nodes, edges, width, minHeight) {
  const left = new Set(edges.map(([one]) => one));
  const sides = [nodes.filter((node) => left.has(node)), nodes.filter((node) => !left.has(node))];
  const height = Math.max(minHeight, ...sides.map((side) => side.length * LABEL.height + MARGIN));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (const side of sides) {
      if (sweep) {
        for (const node of side) node.mean = mean(edges.filter((pair) => pair.includes(node)).map(([one, other]) => (one === node ? other : one).y));
        side.sort((one, other) => one.mean - other.mean);
      }
      for (const [number, node] of side.entries()) node.y = ((number + 0.5) * height) / side.length;
    }
  for (const [number, side] of sides.entries()) {
    const labelWidth = Math.max(...side.map((node) => node.labelWidth)) + LABEL_DISTANCE;
    for (const node of side) Object.assign(node, { side: number ? AFTER : BEFORE, x: number ? width - labelWidth : labelWidth });
  }
  return height;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// A force-directed layout (Fruchterman and Reingold 1991). At the end, from top to bottom, each label gets the position with
// the fewest lines, and its node moves down to where there is no other label. Returns the height.
function simulate(nodes, edges, width, height) {
  const space = Math.sqrt((width * height) / (nodes.length + 1));
  for (const [number, node] of nodes.entries()) {
    const angle = number * 2.399963;
    const radius = 12 * Math.sqrt(number + 0.5);
    Object.assign(node, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  }
  for (let step = 0; step < STEPS; step += 1) {
    const limit = (width / 12) * (1 - step / STEPS);
    for (const node of nodes) Object.assign(node, { dx: node.x * -0.05, dy: node.y * -0.05 });
    for (const [number, one] of nodes.entries())
      for (const other of nodes.slice(number + 1)) push(one, other, (distance) => (space * space) / (distance * distance));
    for (const [one, other] of edges) push(one, other, (distance) => -distance / space);
    for (const node of nodes) {
      const length = Math.hypot(node.dx, node.dy) || 1;
      node.x += (node.dx / length) * Math.min(length, limit);
      node.y += (node.dy / length) * Math.min(length, limit);
    }
  }
  const side = LABEL.width * 0.9;
  fit(nodes, "x", side, width - side);
  fit(nodes, "y", MARGIN, height - MARGIN);
  const labels = [];
  for (const node of [...nodes].sort((one, other) => one.y - other.y)) {
    const outer = node.x < width / 2 ? BEFORE : AFTER; // among equals, the one away from the middle, where the lines are
    const sides = [outer, ...SIDES.filter((one) => one !== outer)].map((one) => ({ one, ...span(node, one) }));
    const inside = sides.filter(({ left, right, top }) => left >= 0 && right <= width && top >= 0);
    const lines = inside.map((box) => edges.filter((ends) => crosses(ends, box)).length);
    const best = inside[lines.indexOf(Math.min(...lines))] ?? sides[0];
    node.side = best.one;
    node.x += Math.max(0, -best.left) - Math.max(0, best.right - width);
    const { left, right } = span(node, node.side);
    for (const other of labels)
      if (other.left < right && left < other.right && Math.abs(other.y - node.y - node.side.y) < LABEL.height) node.y = other.y + LABEL.height - node.side.y;
    labels.push({ left, right, y: node.y + node.side.y });
    labels.sort((one, other) => one.y - other.y);
  }
  return Math.max(height, ...nodes.map((node) => node.y + MARGIN));
}

// The box of a label.
function span({ x, y, labelWidth }, side) {
  const start = x + side.x - { start: 0, middle: labelWidth / 2, end: labelWidth }[side.anchor];
  const middle = y + side.y;
  return { left: start, right: start + labelWidth, top: middle - LABEL.height / 2, bottom: middle + LABEL.height / 2 };
}

// Whether a line crosses a box (Liang and Barsky 1984).
function crosses([one, other], { left, right, top, bottom }) {
  let [enter, leave] = [0, 1];
  for (const [start, distance, low, high] of [[one.x, other.x - one.x, left, right], [one.y, other.y - one.y, top, bottom]]) {
    if (!distance && (start < low || start > high)) return false;
    if (!distance) continue;
    const ends = [(low - start) / distance, (high - start) / distance].sort((a, b) => a - b);
    [enter, leave] = [Math.max(enter, ends[0]), Math.min(leave, ends[1])];
  }
  return enter < leave;
}

// Scales half by distance and half by order, so that an outlier leaves room for the others.
function fit(nodes, axis, low, high) {
  const order = nodes.map((node) => node[axis]).sort((one, other) => one - other);
  const [first, last] = [order[0], order.at(-1)];
  for (const node of nodes) {
    const share = last > first ? ((node[axis] - first) / (last - first) + order.indexOf(node[axis]) / (order.length - 1)) / 2 : 0.5;
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
