// Answers as `sysgraph serve` does, by the same Python, in this browser. Nothing is sent anywhere:
// all that is fetched lies beside this file.
import { loadPyodide } from "./pyodide.mjs";

const HERE = new URL(".", import.meta.url).href;
const FOLDER = "/advice";
const BEGIN = `
import os, sys
from pathlib import Path
sys.path.insert(0, "${FOLDER}")
sys.dont_write_bytecode = False
for path in Path("${FOLDER}").rglob("*.py"):
    os.utime(path, (0, 0))  # by which Python knows what was compiled of it
from sysgraph.release.within import screen
from sysgraph.web.carried import CarriedSite
site = CarriedSite(Path("${FOLDER}/carried"))
site.public_url = "${new URL("..", HERE).href.slice(0, -1)}"
site.frame
def answer(method, address, headers, body):
    sent = body.to_bytes() if body else b""
    found = screen(site, method, address, headers.to_py(), sent)
    return [found.at, found.status, found.media, found.body, found.leads, found.saved_as]
answer
`;
const COMPILED = `
import io, zipfile
from pathlib import Path
stream = io.BytesIO()
with zipfile.ZipFile(stream, "w") as packed:
    for path in Path("${FOLDER}").rglob("*.pyc"):
        packed.write(path, path.relative_to("${FOLDER}"))
stream.getvalue()
`;

const wrong = [];

async function start() {
  const packed = fetch(`${HERE}advice.zip`).then((reply) => {
    if (!reply.ok) throw new Error(`advice.zip: ${reply.status}`);
    return reply.arrayBuffer();
  });
  packed.catch(() => { /* told below */ });
  const python = await loadPyodide({ indexURL: HERE, stderr: (line) => wrong.push(line) });
  const content = await packed;
  python.unpackArchive(content, "zip", { extractDir: FOLDER });
  const kept = await compiled(content);
  if (kept.content) {
    try { python.unpackArchive(kept.content, "zip", { extractDir: FOLDER }); } catch { /* it is compiled anew */ }
  }
  const answer = python.runPython(BEGIN);
  if (kept.keep) setTimeout(() => kept.keep(python.runPython(COMPILED).toJs()), 2000);
  return answer;
}

// What Python has compiled of this release is kept, so that it begins sooner the next time.
async function compiled(content) {
  try {
    const cache = await caches.open(`sysgraph-compiled ${HERE}`);
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const name = `${HERE}compiled-${Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("")}`;
    const found = await cache.match(name);
    if (found) return { content: await found.arrayBuffer() };
    const keep = async (made) => {
      for (const old of await cache.keys()) await cache.delete(old);
      await cache.put(name, new Response(made));
    };
    return { keep: (made) => keep(made).catch(() => { /* there is no room */ }) };
  } catch { return {}; }
}

const started = start();
started.then(
  () => self.postMessage({ ready: true }),
  (error) => self.postMessage({ failed: String(error) }),
);

self.onmessage = async ({ data }) => {
  const { id, method, address, headers, body } = data;
  try {
    const answer = await started;
    const told = answer(method, address, headers, body);
    const [at, status, media, page, leads, savedAs] = told.toJs();
    told.destroy();
    if (wrong.length) console.error(wrong.splice(0).join("\n"));
    self.postMessage({ id, at, status, media, body: page, leads, savedAs });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
};
