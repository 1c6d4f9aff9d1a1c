// Runs a text of Python over what the site carries, and tells what it leaves in `told`.
import { loadPyodide } from "./pyodide.mjs";

self.onmessage = async ({ data }) => {
  try {
    const python = await loadPyodide({ indexURL: new URL(".", import.meta.url).href });
    const packed = await (await fetch(new URL("advice.zip", import.meta.url))).arrayBuffer();
    python.unpackArchive(packed, "zip", { extractDir: "/advice" });
    self.postMessage({ told: python.runPython(data) });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
