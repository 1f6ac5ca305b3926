// Charts of an answer as plain SVG. `fits` tells whether its columns and rows allow a chart; `make` returns the picture and
// the number of rows in it.
import { all, first, pointsOf, span } from "./columns.js";
import { network } from "./network.js";
import { draw, shorten, withLink, withTitle } from "./svg.js";
import { say } from "./words.js";

const MAX_ROWS = 60;
const MAP_LABEL_WIDTH = 240;
const CHARACTER_WIDTH = 7;
const MIN_LABEL_WIDTH = 48; // half of the longest number of an axis
const NARROW_WIDTH = 560;
const NARROW_MARGIN = 10;
const ROW_HEIGHT = 26;
const MARGIN = 46;
const AXIS_HEIGHT = 42;
const MIN_GROUPED_NUMBER = 10000; // a number of four digits may be a year, unless others have more
const INVALID = Symbol("invalid time");

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

// The column with the most different values; among equals, texts before things before times.
function labelColumn(columns, rows) {
  const count = (column) => new Set(rows.map((row) => row[column.name]?.value)).size;
  const candidates = ["text", "thing", "time"].flatMap((kind) => all(columns, kind));
  return candidates.reduce((best, column) => (count(column) > count(best) ? column : best));
}

function entries(columns, rows, word, qualifiers = []) {
  const column = labelColumn(columns, rows);
  const thing = first(columns, "thing");
  const text = (row) => [...new Set((qualifiers.length ? qualifiers : [column]).map((one) => word(row[one.name])).filter(Boolean))].join(", ");
  return rows.slice(0, MAX_ROWS).map((row) => ({ row, text: text(row), cell: word.cell(row[(thing ?? column).name]) }));
}

// The texts and times before a number that differ between rows; they say what is counted, and when.
function qualifiersOf(columns, rows, value) {
  const before = all(columns.slice(0, columns.indexOf(value)), "text", "time");
  const isInLanguage = ({ name }) => rows.every((row) => (row[name]?.["xml:lang"] ?? document.documentElement.lang) === document.documentElement.lang);
  return before.filter((column) => isInLanguage(column) && new Set(rows.map((row) => row[column.name]?.value)).size > 1);
}

// The layout of the rows: labels before their marks or, on a narrow page, above them.
function layout(items, width) {
  const longest = items.reduce((most, { text }) => Math.max(most, text.length), 0) * CHARACTER_WIDTH + 8;
  const isNarrow = width < NARROW_WIDTH;
  const labelWidth = isNarrow ? NARROW_MARGIN : Math.max(MIN_LABEL_WIDTH, Math.min(longest, width * 0.45));
  const maxCharacters = Math.floor((isNarrow ? width : labelWidth) / CHARACTER_WIDTH);
  return {
    labelWidth,
    step: isNarrow ? 2 * ROW_HEIGHT - 6 : ROW_HEIGHT,
    lift: isNarrow ? 20 : 0,
    label: (y, text) => draw("text", { x: isNarrow ? 0 : labelWidth - 8, y: y + 15, "text-anchor": isNarrow ? "start" : "end" }, shorten(text, maxCharacters)),
  };
}

// The position of a number between two others, from 0 to 1; halved, since the difference of large numbers may overflow.
function fraction(number, low, high) {
  return (number / 2 - low / 2) / (high / 2 - low / 2 || 1);
}

function bars(columns, rows, width, word) {
  const value = first(columns, "number");
  const withNumber = rows.filter((row) => Number.isFinite(Number(row[value.name]?.value)));
  const items = entries(columns, withNumber, word, qualifiersOf(columns, withNumber, value));
  const numbers = items.map(({ row }) => Number(row[value.name].value));
  const inGroups = numbers.some((number) => Math.abs(number) >= MIN_GROUPED_NUMBER);
  const [low, high] = [Math.min(...numbers, 0), Math.max(...numbers, 0)];
  const { labelWidth, step, lift, label } = layout(items, width);
  const at = (number) => labelWidth + fraction(number, low, high) * (width - labelWidth - 70);
  const foot = items.length * step + 4;
  const svg = frame(width, foot + AXIS_HEIGHT, `${word.head(value)}`);
  const marks = ticks(low, high, Math.max(2, Math.floor((width - labelWidth) / 110)), numbers.every(Number.isInteger));
  for (const mark of marks) grid(svg, at(mark), foot, undefined, 0, word.number(mark, inGroups));
  svg.append(
    draw("text", { class: "axis", x: Math.max(labelWidth - 8, 0), y: foot + AXIS_HEIGHT - 6, "text-anchor": lift ? "start" : "end" }, word.head(labelColumn(columns, rows))),
    draw("text", { class: "axis", x: width - 4, y: foot + AXIS_HEIGHT - 6, "text-anchor": "end" }, word.head(value)),
  );
  for (const [index, { row, text, cell }] of items.entries()) {
    const y = index * step + 4;
    const [start, end] = [Math.min(numbers[index], 0), Math.max(numbers[index], 0)].map(at);
    const length = Math.max(end - start, 1);
    svg.append(
      label(y, text),
      withTitle(withLink(cell, draw("rect", { class: "shape", x: start, y: y + lift, width: length, height: ROW_HEIGHT - 7 })), `${text}: ${word.number(row[value.name].value, inGroups)}`),
      draw("text", { x: start + length + 6, y: y + lift + 15 }, word.number(row[value.name].value, inGroups)),
    );
  }
  return [svg, items.length];
}

// The columns of a line: numbers by time or, without times, by other numbers.
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
  const inGroups = points.some(({ y }) => Math.abs(y) >= MIN_GROUPED_NUMBER);
  const [isWholeAcross, isWholeUp] = ["x", "y"].map((axis) => points.every((point) => Number.isInteger(point[axis])));
  const height = 320;
  const svg = frame(width, height + 22, `${word.head(up)} / ${word.head(across)}`);
  const [left, right] = extent(points.map((point) => point.x));
  const [low, high] = extent([0, ...points.map((point) => point.y)]);
  const at = (point) => [MARGIN + fraction(point.x, left, right) * (width - 2 * MARGIN), height - 30 - fraction(point.y, low, high) * (height - 60)];
  for (const mark of ticks(low, high, 5, isWholeUp)) grid(svg, MARGIN, at({ x: left, y: mark })[1], width - MARGIN, undefined, word.number(mark, inGroups));
  svg.append(draw("text", { class: "axis", x: 4, y: 14 }, word.head(up)), draw("text", { class: "axis", x: width - MARGIN, y: height + 16, "text-anchor": "end" }, word.head(across)));
  const count = Math.max(2, Math.floor(width / 110));
  const marks = time ? moments(left, right, count) : ticks(left, right, count, isWholeAcross).map((mark) => [mark, word.number(mark)]);
  for (const [mark, text] of marks) grid(svg, at({ x: mark, y: low })[0], height - 30, undefined, 30, text);
  svg.append(draw("path", { class: "curve", d: `M${points.map((point) => at(point).map((one) => one.toFixed(1)).join(" ")).join("L")}` }));
  for (const point of points) {
    const [cx, cy] = at(point);
    svg.append(withTitle(draw("circle", { class: "shape", cx, cy, r: 4 }), `${word(point.row[across.name])}: ${word.number(point.y, inGroups)}`));
  }
  return [svg, points.length];
}

function timeline(columns, rows, width, word) {
  const [from, to] = all(columns, "time");
  const items = entries(columns, rows, word)
    .filter(({ row }) => row[from.name])
    .map((one) => ({ ...one, start: span(one.row[from.name].value), end: to && one.row[to.name] && (span(one.row[to.name].value) ?? INVALID) }))
    .filter(({ start, end }) => start && end !== INVALID && !(end?.end <= start.start))
    .sort((one, other) => one.start.start - other.start.start);
  const [left, right] = extent(items.flatMap(({ start, end }) => [start.start, (end ?? start).end]));
  const { labelWidth, step, lift, label } = layout(items, width);
  const height = items.length * step + 30;
  const svg = frame(width, height + 18, say("Zeitachse", "Timeline"));
  const axis = [from, to].filter(Boolean).map((column) => word.head(column)).join(" – ");
  svg.append(draw("text", { class: "axis", x: width - 4, y: height + 14, "text-anchor": "end" }, `${say("Jahr", "Year")} (${axis})`));
  const at = (year) => labelWidth + ((year - left) / (right - left)) * (width - labelWidth - 20);
  for (const [mark, text] of moments(left, right, Math.max(2, Math.floor((width - labelWidth) / 90)))) grid(svg, at(mark), height - 22, undefined, 0, text);
  for (const [index, { row, text, cell, start, end }] of items.entries()) {
    const y = index * step + 4;
    const isOpen = to && !row[to.name];
    const length = Math.max((isOpen ? at(right) : at((end ?? start).end)) - at(start.start), 2);
    const words = [from, to].filter((column) => column && row[column.name]).map((column) => row[column.name].value);
    svg.append(
      label(y, text),
      withTitle(withLink(cell, draw("rect", { class: isOpen ? "shape faint" : "shape", x: at(start.start), y: y + lift, width: length, height: ROW_HEIGHT - 8 })), `${text}: ${words.join(" – ")}`),
    );
  }
  return [svg, items.length];
}

// Points by longitude and latitude with a grid of degrees, without tiles, which would come from another server.
function map(columns, rows, width, word) {
  const points = pointsOf(columns, rows);
  const [west, east] = pad(extent(points.map((point) => point.x)));
  const [south, north] = pad(extent(points.map((point) => point.y)));
  const stretch = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((width - 2 * MARGIN - MAP_LABEL_WIDTH / 2) / ((east - west) * stretch), 480 / (north - south));
  const height = (north - south) * scale + 2 * MARGIN;
  const mapWidth = Math.min(width, (east - west) * stretch * scale + 2 * MARGIN + MAP_LABEL_WIDTH);
  const svg = frame(mapWidth, height, say("Karte nach Länge und Breite in Grad", "Map by longitude and latitude in degrees"));
  const at = (x, y) => [MARGIN + (x - west) * stretch * scale, height - MARGIN - (y - south) * scale];
  for (const mark of ticks(west, east, 5)) grid(svg, at(mark, south)[0], height - 24, undefined, 0, `${word.number(mark)}°`);
  for (const mark of ticks(south, north, 5)) grid(svg, MARGIN - 6, at(west, mark)[1], mapWidth - MAP_LABEL_WIDTH / 2, undefined, `${word.number(mark)}°`);
  const label = first(columns, "text", "thing");
  for (const point of points) {
    const [cx, cy] = at(point.x, point.y);
    const text = label ? word(point.row[label.name]) : `${point.y}, ${point.x}`;
    const thing = first(columns, "thing");
    svg.append(
      withTitle(withLink(thing && word.cell(point.row[thing.name]), draw("circle", { class: "shape", cx, cy, r: 6 })), text),
      draw("text", { x: cx + 9, y: cy + 5 }, shorten(text, 30)),
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
  const half = Math.max(0.5, Math.abs(low) / 1e6); // less would be lost to the precision of a large number
  return low === high ? [low - half, high + half] : [low, high];
}

function pad([low, high]) {
  const padding = (high - low) * 0.08;
  return [low - padding, high + padding];
}

// Round times in an interval with their labels: years or, within few of them, months.
function moments(low, high, count) {
  const years = ticks(low, high, count).filter(Number.isInteger);
  if (years.length > 1) return years.map((year) => [year, year]);
  const months = ticks(low * 12, high * 12, count).filter(Number.isInteger);
  return months.map((month) => [month / 12, `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`]);
}

// About `count` round numbers in an interval, whole ones where all numbers are: there is no half of a year or person.
function ticks(low, high, count, areWhole = false) {
  const rough = high / count - low / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough), areWhole ? 1 : 0);
  const begin = Math.ceil(low / step);
  const marks = Array.from({ length: 2 * count + 1 }, (_, index) => (begin + index) * step);
  return [...new Set(marks.filter((mark) => mark <= high + step / 1e6).map((mark) => Number(mark.toPrecision(12))))];
}
