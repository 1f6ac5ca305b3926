// An answer on a page gets what needs scripts: columns that can be sorted, evidence beside its rows, and charts.
import { prove } from "./evidence.js";
import { enhance } from "./tables.js";
import { show } from "./views.js";

export function complete(result) {
  enhance(result);
  for (const answer of result.querySelectorAll("[data-evidence]")) prove(answer);
  for (const views of result.querySelectorAll(".views")) show(views, views.dataset.terms);
}
