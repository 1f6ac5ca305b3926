// Enhances every page: sortable tables, copyable code, evidence cards, filters, and highlights in drawings.
import { cards } from "./card.js";
import { filters, reveal } from "./parts.js";
import { enhance } from "./tables.js";

enhance(document);
cards(document);
filters(document);

// On a narrow screen, facets are closed, so that results stay near.
if (matchMedia("(max-width: 60rem)").matches)
  for (const part of document.querySelectorAll(".facets details:not(:has([aria-current]))")) part.open = false;
reveal();
addEventListener("hashchange", reveal);

for (const drawing of document.querySelectorAll(".drawing")) {
  for (const box of drawing.querySelectorAll(".box")) {
    const highlight = (isOn) => {
      drawing.classList.toggle("focused", isOn);
      for (const line of drawing.querySelectorAll(".line"))
        line.classList.toggle("on", isOn && line.dataset.ends.split(" ").includes(box.dataset.id));
    };
    for (const event of ["mouseenter", "focus"]) box.addEventListener(event, () => highlight(true));
    for (const event of ["mouseleave", "blur"]) box.addEventListener(event, () => highlight(false));
  }
}
