// The language of the page, and texts in it.
export const german = document.documentElement.lang === "de";

export function say(de, en) {
  return german ? de : en;
}
