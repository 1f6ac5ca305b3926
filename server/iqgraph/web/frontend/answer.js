// Enhances an answer on a page: sortable columns, evidence beside the rows, charts.
import { showEvidence } from "./evidence.js";
import { enhance } from "./tables.js";
import { show } from "./views.js";

export function complete(result) {
  enhance(result);
  result.dataset.busy = "";
  const evidence = [...result.querySelectorAll("[data-evidence]")].map(showEvidence);
  const charts = [...result.querySelectorAll(".views")].map((views) => show(views, views.dataset.terms));
  Promise.allSettled([...evidence, ...charts]).then(() => delete result.dataset.busy);
}
