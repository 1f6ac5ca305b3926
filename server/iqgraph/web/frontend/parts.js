// Folded parts: what an address points to is unfolded, and a box hides what does not have the words typed into it.
import { say } from "./words.js";

// Browsers do this by themselves since 2025 (HTML, "ancestor revealing algorithm"); older ones leave the part folded.
export function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target?.scrollIntoView();
}

export function filters(part) {
  for (const box of part.querySelectorAll("[data-filter]")) {
    box.hidden = false;
    const entries = [...document.querySelectorAll(box.dataset.filter)];
    const texts = entries.map((entry) => entry.textContent.toLocaleLowerCase());
    box.querySelector("input").addEventListener("input", ({ target }) => {
      const words = target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      const fits = texts.map((text) => words.every((word) => text.includes(word)));
      for (const [place, entry] of entries.entries()) entry.hidden = !fits[place];
      for (const group of new Set(entries.map((entry) => entry.closest("details")).filter(Boolean))) {
        const found = entries.some((entry, place) => fits[place] && group.contains(entry));
        group.hidden = !found;
        group.open = found && words.length > 0;
      }
      const count = fits.filter(Boolean).length;
      box.querySelector("[role=status]").textContent = words.length ? say(`${count} gefunden`, `${count} found`) : "";
    });
  }
}
