// Bundles scripts, style sheets and fonts; the manifest maps entry points to file names, which contain hashes.
import { build } from "esbuild";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

const target = process.argv[2];

await rm(target, { recursive: true, force: true });
const { metafile, warnings } = await build({
  entryPoints: ["picture.js", "query.js", "question.js", "site.js", "style.css"],
  outdir: target,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  loader: { ".woff2": "file" },
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
});
if (warnings.length) process.exit(1); // such as a property of a style that is misspelt, or a brace that is not closed
const files = Object.fromEntries(
  Object.entries(metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([path, output]) => [output.entryPoint, basename(path)])
    .sort(),
);
await copyFile("node_modules/@fontsource-variable/source-sans-3/LICENSE", `${target}/source-sans-3-LICENSE.txt`);
await writeFile(`${target}/manifest.json`, `${JSON.stringify(files, null, 2)}\n`);
