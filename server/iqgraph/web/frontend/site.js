// What every page gets: sorting, copying, cards of evidence, and pictures that answer to the pointer and to focus.
import { cards } from "./card.js";
import { filters, reveal } from "./parts.js";
import { enhance } from "./tables.js";

enhance(document);
cards(document);
filters(document);

// On a narrow screen the results come before the facets, and a long list does not stand between two headings.
if (matchMedia("(max-width: 60rem)").matches)
  for (const part of document.querySelectorAll(".facets details:not(:has([aria-current])), .roomy")) part.open = false;
reveal();
addEventListener("hashchange", reveal);

for (const drawing of document.querySelectorAll(".drawing")) {
  for (const box of drawing.querySelectorAll(".box")) {
    const light = (on) => {
      drawing.classList.toggle("focused", on);
      for (const line of drawing.querySelectorAll(".line"))
        line.classList.toggle("on", on && line.dataset.ends.split(" ").includes(box.dataset.id));
    };
    for (const event of ["mouseenter", "focus"]) box.addEventListener(event, () => light(true));
    for (const event of ["mouseleave", "blur"]) box.addEventListener(event, () => light(false));
  }
}
