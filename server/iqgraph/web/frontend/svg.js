// Small helpers to draw, and to keep what was drawn.
const SPACE = "http://www.w3.org/2000/svg";
const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "paint-order"];

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function titled(element, text) {
  element.prepend(draw("title", {}, text));
  return element;
}

// A mark that leads to the page of what it stands for.
export function linked(cell, element) {
  return cell?.address ? draw("a", { href: cell.address }, element) : element;
}

export function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const TITLE = 36;
const SOURCE = 30;

// The picture as a file that looks the same without the style of the page, under its title and above its source.
export function svgText(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  const { width, height } = svg.getBoundingClientRect();
  for (const [place, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(originals[place]);
    for (const property of KEPT) if (style[property]) element.setAttribute(property, style.getPropertyValue(property));
    if (element.localName === "a") element.setAttribute("href", new URL(element.getAttribute("href"), location).href);
  }
  for (const [name, value] of Object.entries({ width, height, y: TITLE })) copy.setAttribute(name, value);
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  const text = (y, size, words) => draw("text", { x: 4, y, fill: color, "font-size": size, "font-family": fontFamily }, words);
  const source = [document.querySelector("footer").dataset.source, location.href.split("#")[0]].filter(Boolean).join(", ");
  const file = draw(
    "svg",
    { width, height: height + TITLE + SOURCE },
    draw("rect", { width: "100%", height: "100%", fill: backgroundColor }),
    text(24, 17, document.querySelector("h1").textContent.trim()),
    copy,
    text(height + TITLE + 20, 11, source),
  );
  return new XMLSerializer().serializeToString(file);
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The pixels of a picture that is text, twice as many as it measures, for paper and fine screens.
export async function png(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
