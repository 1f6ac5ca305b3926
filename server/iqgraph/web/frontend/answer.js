// An answer on a page gets what needs scripts: columns that can be sorted, evidence beside its rows, and charts.
import { prove } from "./evidence.js";
import { enhance } from "./tables.js";
import { show } from "./views.js";

export function complete(result) {
  enhance(result);
  result.dataset.busy = "";
  const answers = [...result.querySelectorAll("[data-evidence]")].map(prove);
  const charts = [...result.querySelectorAll(".views")].map((views) => show(views, views.dataset.terms));
  Promise.allSettled([...answers, ...charts]).then(() => delete result.dataset.busy);
}
