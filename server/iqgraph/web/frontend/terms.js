// The vocabulary of the dataset: prefixes, terms and labels, asked for once.
let asked;

export function vocabulary(address) {
  asked ??= fetch(address)
    .then((response) => response.json())
    .then(({ base, prefixes, terms }) => ({
      base,
      prefixes,
      terms: terms.map(([name, use, german, english, words, of, to]) => ({
        name,
        use,
        german,
        english,
        of,
        to,
        labels: [name.split(":")[1], german, english, ...words].map(fold).filter(Boolean),
        text: fold([name, german, english, ...words].join(" ")),
      })),
    }))
    .catch(() => ({ base: "", prefixes: {}, terms: [] }));
  return asked;
}

// Lower case without marks, so that "forder" finds "Förderung".
export function fold(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
}
