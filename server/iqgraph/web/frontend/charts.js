// Charts of an answer as plain SVG; each says from which columns it can be made, and gives the picture and the number of
// rows that are in it.
import { all, first, pointsOf, span } from "./columns.js";
import { network } from "./network.js";
import { draw, linked, shortened, titled } from "./svg.js";
import { say } from "./words.js";

const MOST = 60;
const NAME = 240;
const LETTER = 7;
const LEAST = 48; // half of the longest number of an axis
const NARROW = 560;
const EDGE = 10;
const ROW = 26;
const MARGIN = 46;
const AXIS = 42;
const GROUPED = 10000; // a number of four digits may be a year, unless others beside it have more
const NEVER = Symbol("a time that there is not");

export const charts = [
  {
    slug: "bars",
    name: say("Balken", "Bars"),
    needs: say("Zahlen und eine Spalte mit Namen, Dingen oder Zeiten", "numbers, and a column of names, things or times"),
    fits: (columns) => first(columns, "number") && first(columns, "thing", "text", "time"),
    make: bars,
  },
  {
    slug: "line",
    name: say("Linie", "Line"),
    needs: say("Zahlen zu mindestens zwei Zeiten oder anderen Zahlen", "numbers at two or more times or other numbers"),
    fits: (columns, rows) => new Set(pairs(columns, rows).map(({ x }) => x)).size > 1,
    make: line,
  },
  {
    slug: "timeline",
    name: say("Zeitachse", "Timeline"),
    needs: say("Zeiten und eine Spalte mit Namen oder Dingen", "times, and a column of names or things"),
    fits: (columns) => first(columns, "time") && first(columns, "thing", "text"),
    make: timeline,
  },
  {
    slug: "network",
    name: say("Netz", "Network"),
    needs: say("zwei Spalten mit Dingen", "two columns of things"),
    fits: (columns) => all(columns, "thing").length > 1,
    make: network,
  },
  {
    slug: "map",
    name: say("Karte", "Map"),
    needs: say("Orte mit Länge und Breite", "places with longitude and latitude"),
    fits: (columns, rows) => pointsOf(columns, rows).length > 0,
    make: map,
  },
];

function frame(width, height, label) {
  return draw("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": label });
}

// The column that tells the rows apart best; of equals a text before a thing before a time.
function telling(columns, rows) {
  const different = (column) => new Set(rows.map((row) => row[column.name]?.value)).size;
  const found = ["text", "thing", "time"].flatMap((kind) => all(columns, kind));
  return found.reduce((best, one) => (different(one) > different(best) ? one : best));
}

function names(columns, rows, word, others = []) {
  const column = telling(columns, rows);
  const thing = first(columns, "thing");
  const text = (row) => [...new Set((others.length ? others : [column]).map((one) => word(row[one.name])).filter(Boolean))].join(", ");
  return rows.slice(0, MOST).map((row) => ({ row, text: text(row), cell: word.cell(row[(thing ?? column).name]) }));
}

// What stands before a number says what is counted, and when: the texts and times there that differ from row to row.
function counted(columns, rows, value) {
  const before = all(columns.slice(0, columns.indexOf(value)), "text", "time");
  const isOurs = ({ name }) => rows.every((row) => (row[name]?.["xml:lang"] ?? document.documentElement.lang) === document.documentElement.lang);
  return before.filter((column) => isOurs(column) && new Set(rows.map((row) => row[column.name]?.value)).size > 1);
}

// Where names stand: before their marks as far as they need it or, on a narrow page, above them.
function rowsOf(found, width) {
  const longest = found.reduce((most, { text }) => Math.max(most, text.length), 0) * LETTER + 8;
  const isNarrow = width < NARROW;
  const name = isNarrow ? EDGE : Math.max(LEAST, Math.min(longest, width * 0.45));
  const most = Math.floor((isNarrow ? width : name) / LETTER);
  return {
    name,
    step: isNarrow ? 2 * ROW - 6 : ROW,
    lift: isNarrow ? 20 : 0,
    label: (y, text) => draw("text", { x: isNarrow ? 0 : name - 8, y: y + 15, "text-anchor": isNarrow ? "start" : "end" }, shortened(text, most)),
  };
}

// How far a number is between two others; halves, since the difference of two large numbers may be no number.
function share(number, low, high) {
  return (number / 2 - low / 2) / (high / 2 - low / 2 || 1);
}

function bars(columns, rows, width, word) {
  const value = first(columns, "number");
  const drawn = rows.filter((row) => Number.isFinite(Number(row[value.name]?.value)));
  const found = names(columns, drawn, word, counted(columns, drawn, value));
  const numbers = found.map(({ row }) => Number(row[value.name].value));
  const inGroups = numbers.some((number) => Math.abs(number) >= GROUPED);
  const [low, high] = [Math.min(...numbers, 0), Math.max(...numbers, 0)];
  const { name, step, lift, label } = rowsOf(found, width);
  const at = (number) => name + share(number, low, high) * (width - name - 70);
  const foot = found.length * step + 4;
  const svg = frame(width, foot + AXIS, `${word.head(value)}`);
  const marks = ticks(low, high, Math.max(2, Math.floor((width - name) / 110)), numbers.every(Number.isInteger));
  for (const mark of marks) grid(svg, at(mark), foot, undefined, 0, word.number(mark, inGroups));
  svg.append(
    draw("text", { class: "axis", x: Math.max(name - 8, 0), y: foot + AXIS - 6, "text-anchor": lift ? "start" : "end" }, word.head(telling(columns, rows))),
    draw("text", { class: "axis", x: width - 4, y: foot + AXIS - 6, "text-anchor": "end" }, word.head(value)),
  );
  for (const [place, { row, text, cell }] of found.entries()) {
    const y = place * step + 4;
    const [start, end] = [Math.min(numbers[place], 0), Math.max(numbers[place], 0)].map(at);
    const length = Math.max(end - start, 1);
    svg.append(
      label(y, text),
      titled(linked(cell, draw("rect", { class: "shape", x: start, y: y + lift, width: length, height: ROW - 7 })), `${text}: ${word.number(row[value.name].value, inGroups)}`),
      draw("text", { x: start + length + 6, y: y + lift + 15 }, word.number(row[value.name].value, inGroups)),
    );
  }
  return [svg, found.length];
}

// What a line is drawn from: numbers by time or, without times, by other numbers.
function axes(columns) {
  const time = first(columns, "time");
  const numbers = all(columns, "number");
  return { time, across: time ?? numbers[0], up: time ? numbers[0] : numbers[1] };
}

function pairs(columns, rows) {
  const { time, across, up } = axes(columns);
  if (!across || !up) return [];
  const x = (row) => (time ? span(row[across.name].value)?.start : Number(row[across.name].value));
  return rows
    .filter((row) => row[across.name] && row[up.name])
    .map((row) => ({ row, x: x(row), y: Number(row[up.name].value) }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y))
    .sort((one, other) => one.x - other.x);
}

function line(columns, rows, width, word) {
  const { time, across, up } = axes(columns);
  const points = pairs(columns, rows);
  const inGroups = points.some(({ y }) => Math.abs(y) >= GROUPED);
  const [isWholeAcross, isWholeUp] = ["x", "y"].map((axis) => points.every((point) => Number.isInteger(point[axis])));
  const height = 320;
  const svg = frame(width, height + 22, `${word.head(up)} / ${word.head(across)}`);
  const [left, right] = extent(points.map((point) => point.x));
  const [low, high] = extent([0, ...points.map((point) => point.y)]);
  const at = (point) => [MARGIN + share(point.x, left, right) * (width - 2 * MARGIN), height - 30 - share(point.y, low, high) * (height - 60)];
  for (const mark of ticks(low, high, 5, isWholeUp)) grid(svg, MARGIN, at({ x: left, y: mark })[1], width - MARGIN, undefined, word.number(mark, inGroups));
  svg.append(draw("text", { class: "axis", x: 4, y: 14 }, word.head(up)), draw("text", { class: "axis", x: width - MARGIN, y: height + 16, "text-anchor": "end" }, word.head(across)));
  const most = Math.max(2, Math.floor(width / 110));
  const marks = time ? moments(left, right, most) : ticks(left, right, most, isWholeAcross).map((mark) => [mark, word.number(mark)]);
  for (const [mark, text] of marks) grid(svg, at({ x: mark, y: low })[0], height - 30, undefined, 30, text);
  svg.append(draw("path", { class: "curve", d: `M${points.map((point) => at(point).map((one) => one.toFixed(1)).join(" ")).join("L")}` }));
  for (const point of points) {
    const [cx, cy] = at(point);
    svg.append(titled(draw("circle", { class: "shape", cx, cy, r: 4 }), `${word(point.row[across.name])}: ${word.number(point.y, inGroups)}`));
  }
  return [svg, points.length];
}

function timeline(columns, rows, width, word) {
  const [from, to] = all(columns, "time");
  const found = names(columns, rows, word)
    .filter(({ row }) => row[from.name])
    .map((one) => ({ ...one, start: span(one.row[from.name].value), end: to && one.row[to.name] && (span(one.row[to.name].value) ?? NEVER) }))
    .filter(({ start, end }) => start && end !== NEVER && !(end?.end <= start.start))
    .sort((one, other) => one.start.start - other.start.start);
  const [left, right] = extent(found.flatMap(({ start, end }) => [start.start, (end ?? start).end]));
  const { name, step, lift, label } = rowsOf(found, width);
  const height = found.length * step + 30;
  const svg = frame(width, height + 18, say("Zeitachse", "Timeline"));
  const axis = [from, to].filter(Boolean).map((column) => word.head(column)).join(" – ");
  svg.append(draw("text", { class: "axis", x: width - 4, y: height + 14, "text-anchor": "end" }, `${say("Jahr", "Year")} (${axis})`));
  const at = (year) => name + ((year - left) / (right - left)) * (width - name - 20);
  for (const [mark, text] of moments(left, right, Math.max(2, Math.floor((width - name) / 90)))) grid(svg, at(mark), height - 22, undefined, 0, text);
  for (const [place, { row, text, cell, start, end }] of found.entries()) {
    const y = place * step + 4;
    const open = to && !row[to.name];
    const length = Math.max((open ? at(right) : at((end ?? start).end)) - at(start.start), 2);
    const words = [from, to].filter((column) => column && row[column.name]).map((column) => row[column.name].value);
    svg.append(
      label(y, text),
      titled(linked(cell, draw("rect", { class: open ? "shape faint" : "shape", x: at(start.start), y: y + lift, width: length, height: ROW - 8 })), `${text}: ${words.join(" – ")}`),
    );
  }
  return [svg, found.length];
}

// Points by longitude and latitude, with a grid of degrees; there are no tiles, for nothing is loaded from elsewhere.
function map(columns, rows, width, word) {
  const points = pointsOf(columns, rows);
  const [west, east] = padded(extent(points.map((point) => point.x)));
  const [south, north] = padded(extent(points.map((point) => point.y)));
  const stretch = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((width - 2 * MARGIN - NAME / 2) / ((east - west) * stretch), 480 / (north - south));
  const height = (north - south) * scale + 2 * MARGIN;
  const wide = Math.min(width, (east - west) * stretch * scale + 2 * MARGIN + NAME);
  const svg = frame(wide, height, say("Karte nach Länge und Breite in Grad", "Map by longitude and latitude in degrees"));
  const at = (x, y) => [MARGIN + (x - west) * stretch * scale, height - MARGIN - (y - south) * scale];
  for (const mark of ticks(west, east, 5)) grid(svg, at(mark, south)[0], height - 24, undefined, 0, `${mark}°`);
  for (const mark of ticks(south, north, 5)) grid(svg, MARGIN - 6, at(west, mark)[1], wide - NAME / 2, undefined, `${mark}°`);
  const label = first(columns, "text", "thing");
  for (const point of points) {
    const [cx, cy] = at(point.x, point.y);
    const text = label ? word(point.row[label.name]) : `${point.y}, ${point.x}`;
    const thing = first(columns, "thing");
    svg.append(
      titled(linked(thing && word.cell(point.row[thing.name]), draw("circle", { class: "shape", cx, cy, r: 6 })), text),
      draw("text", { x: cx + 9, y: cy + 5 }, shortened(text, 30)),
    );
  }
  return [svg, points.length];
}

function grid(svg, x, y, toX, toY, text) {
  svg.append(
    draw("line", { class: "grid", x1: x, x2: toX ?? x, y1: y, y2: toY ?? y }),
    draw("text", toX === undefined ? { x, y: y + 18, "text-anchor": "middle" } : { x: x - 6, y: y + 5, "text-anchor": "end" }, String(text)),
  );
}

function extent(values) {
  if (!values.length) return [0, 1];
  const low = values.reduce((one, other) => Math.min(one, other));
  const high = values.reduce((one, other) => Math.max(one, other));
  const half = Math.max(0.5, Math.abs(low) / 1e6); // less would be lost in a large number
  return low === high ? [low - half, high + half] : [low, high];
}

function padded([low, high]) {
  const more = (high - low) * 0.08;
  return [low - more, high + more];
}

// Round times between two, each with its name: years or, within few of them, months.
function moments(low, high, count) {
  const years = ticks(low, high, count).filter(Number.isInteger);
  if (years.length > 1) return years.map((year) => [year, year]);
  const months = ticks(low * 12, high * 12, count).filter(Number.isInteger);
  return months.map((month) => [month / 12, `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`]);
}

// About so many round numbers between two, whole ones where all numbers are: there is no half of a year or of a person.
function ticks(low, high, count, areWhole = false) {
  const rough = high / count - low / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough), areWhole ? 1 : 0);
  const begin = Math.ceil(low / step);
  const marks = Array.from({ length: 2 * count + 1 }, (_, place) => (begin + place) * step);
  return [...new Set(marks.filter((mark) => mark <= high + step / 1e6).map((mark) => Number(mark.toPrecision(12))))];
}
