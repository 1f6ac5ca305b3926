// The vocabulary of the dataset, loaded once: prefixes, terms and labels.
let request;

export function vocabulary(address) {
  request ??= fetch(address)
    .then((response) => response.json())
    .then(({ base, prefixes, terms }) => ({
      base,
      prefixes,
      terms: terms.map(([name, use, german, english, words, classes, ranges]) => ({
        name,
        use,
        german,
        english,
        classes,
        ranges,
        labels: [name.split(":")[1], german, english, ...words].map(fold).filter(Boolean),
        text: fold([name, german, english, ...words].join(" ")),
      })),
    }))
    .catch(() => ({ base: "", prefixes: {}, terms: [] }));
  return request;
}

// Lower case without diacritics, so that "forder" finds "Förderung".
export function fold(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
}
