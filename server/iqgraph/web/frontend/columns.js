// The kinds of the columns of an answer, which decide on its charts.
const NUMBERS = /#(?:integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger|unsignedInt)$/;
const TIMES = /#(?:date|dateTime|gYear|gYearMonth)$/;
const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)/i;
const MISSING_YEAR = 9999;
const LATITUDE = /^lat(?:itude)?$/i;
const LONGITUDE = /^(?:lon|long|lng|longitude)$/i;

// A truth value or a problem has no columns.
export function columnsOf({ head, results }) {
  return (head?.vars ?? []).map((name) => ({ name, kind: kindOf(results.bindings.map((row) => row[name]).filter(Boolean)) }));
}

function kindOf(cells) {
  if (!cells.length) return "empty";
  if (cells.every((cell) => cell.type === "uri")) return "thing";
  if (cells.every((cell) => NUMBERS.test(cell.datatype ?? ""))) return "number";
  if (cells.every((cell) => TIMES.test(cell.datatype ?? ""))) return "time";
  if (cells.every((cell) => POINT.test(cell.value))) return "point";
  return "text";
}

export function first(columns, ...kinds) {
  return columns.find((column) => kinds.includes(column.kind));
}

export function all(columns, ...kinds) {
  return columns.filter((column) => kinds.includes(column.kind));
}

// The start and end of a time in years; undefined for a day that does not exist, and for the years −9999 and 9999, which
// tables use for missing and infinite times: an axis to these would show nothing else.
export function span(text) {
  const [, year, month, day] = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?/.exec(text) ?? [];
  if (!year || Math.abs(year) >= MISSING_YEAR || month > 12 || month === "00" || day === "00") return undefined;
  if (day > new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate()) return undefined; // day 0 is the last before
  const start = Number(year) + (month ? (Number(month) - 1) / 12 : 0) + (day ? (Number(day) - 1) / 372 : 0);
  return { start, end: start + (day ? 1 / 372 : month ? 1 / 12 : 1) };
}

export function pointsOf(columns, rows) {
  const column = first(columns, "point");
  const latitude = columns.find(({ name, kind }) => LATITUDE.test(name) && kind === "number");
  const longitude = columns.find(({ name, kind }) => LONGITUDE.test(name) && kind === "number");
  const points = rows.flatMap((row) => {
    if (column && row[column.name]) {
      const [, x, y] = POINT.exec(row[column.name].value);
      return [{ row, x: Number(x), y: Number(y) }];
    }
    if (!latitude || !longitude || !row[latitude.name] || !row[longitude.name]) return [];
    return [{ row, x: Number(row[longitude.name].value), y: Number(row[latitude.name].value) }];
  });
  return points.filter(({ x, y }) => Math.abs(x) <= 180 && Math.abs(y) <= 90);
}
