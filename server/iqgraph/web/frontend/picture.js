// The page of a picture: its file as PNG, which only a browser can draw.
import { png, save } from "./svg.js";

for (const link of document.querySelectorAll("[data-png]")) {
  link.parentElement.hidden = false;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(link.href);
    save(await png(await response.text()), link.download);
  });
}
