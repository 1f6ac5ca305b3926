// Draws SVG elements, and saves pictures as SVG or PNG.
const NAMESPACE = "http://www.w3.org/2000/svg";
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "paint-order"];

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function withTitle(element, text) {
  element.prepend(draw("title", {}, text));
  return element;
}

// The element in a link to the page of the thing of a cell.
export function withLink(cell, element) {
  return cell?.address ? draw("a", { href: cell.address }, element) : element;
}

export function shorten(text, max) {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

const TITLE_HEIGHT = 36;
const SOURCE_HEIGHT = 30;

// The picture as a file that needs no style sheet, with title and source.
export function svgText(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  const { width, height } = svg.getBoundingClientRect();
  for (const [index, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(originals[index]);
    for (const property of STYLES) if (style[property]) element.setAttribute(property, style.getPropertyValue(property));
    if (element.localName === "a") element.setAttribute("href", new URL(element.getAttribute("href"), location).href);
  }
  for (const [name, value] of Object.entries({ width, height, y: TITLE_HEIGHT })) copy.setAttribute(name, value);
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  const text = (y, size, words) => draw("text", { x: 4, y, fill: color, "font-size": size, "font-family": fontFamily }, words);
  const source = [document.querySelector("footer").dataset.source, location.href.split("#")[0]].filter(Boolean).join(", ");
  const file = draw(
    "svg",
    { width, height: height + TITLE_HEIGHT + SOURCE_HEIGHT },
    draw("rect", { width: "100%", height: "100%", fill: backgroundColor }),
    text(24, 17, document.querySelector("h1").textContent.trim()),
    copy,
    text(height + TITLE_HEIGHT + 20, 11, source),
  );
  return new XMLSerializer().serializeToString(file);
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The PNG of an SVG file, at twice its size for high resolutions.
export async function png(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
