// Builds the pages beside Doorstep, minified, one file each, and serves them from memory as brotli.

import { createServer } from "node:http";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const PAGES = join(import.meta.dirname, "pages");
const ENTRIES = { minimal: "minimal/main.js", survey: "survey/main.jsx" };
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css" };

const packed = (bytes) => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});

// The files of a page by their names, as they are sent.
async function files(entry) {
  const { outputFiles } = await build({
    entryPoints: { app: join(PAGES, entry) },
    outdir: "/",
    bundle: true, minify: true, write: false, format: "esm", target: "es2022", jsx: "automatic",
    legalComments: "none", logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".svg": "dataurl" },
  });
  const html = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Visit</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css"><div id="app"></div>
<script type="module" src="/app.js"></script></html>`;
  const all = [{ path: "/index.html", contents: Buffer.from(html) }, ...outputFiles];
  return new Map(all.map(({ path, contents }) => [path, packed(contents)]));
}

// Serves a page; its address, how many bytes it sends at a first visit, and how to end it.
export async function page(name) {
  const kept = await files(ENTRIES[name]);
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : request.url;
    const body = kept.get(path);
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": TYPES[path.split(".").at(-1)],
      "content-encoding": "br",
      "cache-control": path === "/index.html" ? "no-cache" : "public, max-age=31536000, immutable",
    });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const bytes = [...kept.values()].reduce((sum, body) => sum + body.length, 0);
  return { name, url: `http://127.0.0.1:${server.address().port}/`, bytes, end: () => server.close() };
}
