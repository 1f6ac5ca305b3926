// Collapsible parts: opens the part with the target of the address, and filters entries by words.
import { say } from "./words.js";

// Browsers do this since 2025 (HTML, "ancestor revealing algorithm"); older ones leave the part closed.
export function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target?.scrollIntoView();
}

export function filters(root) {
  for (const box of root.querySelectorAll("[data-filter]")) {
    box.hidden = false;
    const entries = [...document.querySelectorAll(box.dataset.filter)];
    const texts = entries.map((entry) => entry.textContent.toLocaleLowerCase());
    box.querySelector("input").addEventListener("input", ({ target }) => {
      const words = target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      const matches = texts.map((text) => words.every((word) => text.includes(word)));
      for (const [index, entry] of entries.entries()) entry.hidden = !matches[index];
      for (const group of new Set(entries.map((entry) => entry.closest("details")).filter(Boolean))) {
        const found = entries.filter((entry, index) => matches[index] && group.contains(entry)).length;
        group.hidden = !found;
        group.open = found > 0 && words.length > 0;
        const small = group.querySelector("summary small:not(:has(*))");
        if (small) small.textContent = found;
      }
      const count = matches.filter(Boolean).length;
      box.querySelector("[role=status]").textContent = words.length ? say(`${count} gefunden`, `${count} found`) : "";
    });
  }
}
