// A SPARQL editor in place of a text area, in a shadow tree, whose styles need no exception in the security policy.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completion, declaration } from "./completion.js";
import { vocabulary } from "./terms.js";

const theme = EditorView.theme({
  "&": {
    border: "1px solid var(--strong-line)",
    borderRadius: "3px",
    background: "var(--ground)",
    color: "var(--text)",
    fontSize: "0.9rem",
  },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { minHeight: "17rem", maxHeight: "36rem", fontFamily: "var(--code)", lineHeight: "1.5" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { background: "none", color: "var(--quiet)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--raised) 70%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--link) 25%, transparent)",
  },
  ".cm-matchingBracket": { background: "var(--line)", outline: "0" },
  ".cm-tooltip": { border: "1px solid var(--strong-line)", background: "var(--ground)", color: "var(--text)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font)", maxWidth: "min(90vw, 30rem)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--link)", color: "var(--ground)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85" },
  ".cm-completionInfo": { padding: "0.3rem 0.6rem", fontFamily: "var(--font)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
});
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.standard(tags.name), tags.special(tags.name), tags.variableName], color: "var(--network)" },
  { tag: [tags.atom, tags.bool, tags.number, tags.namespace, tags.labelName], color: "var(--organisation)" },
  { tag: tags.string, color: "var(--offer)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.meta, color: "var(--quiet)" },
]);

export function edit(area, label, terms, run) {
  const host = document.createElement("div");
  host.className = "editor";
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [completion(terms)] }),
        tooltips({ tooltipSpace }),
        keymap.of([{ key: "Mod-Enter", run }, ...completionKeymap, ...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        EditorView.lineWrapping,
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.updateListener.of((update) => {
          area.value = update.state.doc.toString();
          if (update.docChanged) declarePrefix(update, terms);
        }),
        theme,
      ],
    }),
  });
  area.hidden = true;
  area.required = false;
  return view;
}

// Tooltips stay within the width of the editor.
function tooltipSpace(view) {
  const { left, right } = view.dom.getBoundingClientRect();
  return { top: 0, left, bottom: innerHeight, right };
}

// When typing replaces whole lines, Chromium adds style attributes, which the security policy refuses.
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || empty || event.isComposing || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
  event.preventDefault();
  return true;
}

// Declares a known prefix when it is typed with its colon.
async function declarePrefix(update, terms) {
  if (!update.transactions.some((transaction) => transaction.isUserEvent("input.type"))) return;
  const { head } = update.state.selection.main;
  const match = /(?:^|[\s(|/^!{,;])([A-Za-z][\w-]*):$/.exec(update.state.sliceDoc(Math.max(0, head - 40), head));
  if (!match || /PREFIX\s+[\w-]*:$/i.test(update.state.sliceDoc(Math.max(0, head - 60), head))) return;
  const { prefixes } = await vocabulary(terms);
  const changes = declaration(update.view.state, match[1], prefixes);
  if (changes.length) update.view.dispatch({ changes });
}

export function mark(view, line, column, message) {
  const { doc } = view.state;
  const target = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(target.from + Math.max(column - 1, 0), target.to);
  const word = /^[\w:?$<>#/.-]+/.exec(doc.sliceString(from, target.to))?.[0].length ?? 1;
  const to = Math.min(from + word, doc.length);
  const diagnostic = { from: from === to ? Math.max(target.from, from - 1) : from, to, severity: "error", message };
  view.dispatch(setDiagnostics(view.state, [diagnostic]), { selection: { anchor: from }, scrollIntoView: true });
}

export function unmark(view) {
  view.dispatch(setDiagnostics(view.state, []));
}

export function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
