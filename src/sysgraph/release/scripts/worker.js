// Answers as `sysgraph serve` does, by the same Python, in this browser. Nothing is sent anywhere:
// all that is fetched lies beside this file.
import { loadPyodide } from "./pyodide.mjs";

const HERE = new URL(".", import.meta.url).href;
const FOLDER = "/advice";
const BEGIN = `
import sys
sys.path.insert(0, "${FOLDER}")
from pathlib import Path
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

const wrong = [];

async function start() {
  const packed = fetch(`${HERE}advice.zip`).then((reply) => {
    if (!reply.ok) throw new Error(`advice.zip: ${reply.status}`);
    return reply.arrayBuffer();
  });
  packed.catch(() => { /* told below */ });
  const python = await loadPyodide({ indexURL: HERE, stderr: (line) => wrong.push(line) });
  python.unpackArchive(await packed, "zip", { extractDir: FOLDER });
  return python.runPython(BEGIN);
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
