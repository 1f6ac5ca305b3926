// What scripts say, in the language of the page.
export const german = document.documentElement.lang === "de";

export function say(inGerman, inEnglish) {
  return german ? inGerman : inEnglish;
}
