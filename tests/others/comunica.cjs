// Comunica over one file, all of whose graphs are asked as one: read questions as JSON, by name,
// and write an answer a line.
const { readFileSync } = require("node:fs");
const { Parser, Store } = require("n3");
const { QueryEngine } = require("@comunica/query-sparql-file");

const JSON_RESULTS = "application/sparql-results+json";

async function answer(engine, source, text) {
  const found = await engine.query(text, { sources: [source] });
  const { data } = await engine.resultToString(found, JSON_RESULTS);
  let said = "";
  for await (const chunk of data) said += chunk;
  return said;
}

async function main(file) {
  const quads = new Parser({ format: "application/trig" }).parse(readFileSync(file, "utf8"));
  const store = new Store();
  for (const { subject, predicate, object } of quads) store.addQuad(subject, predicate, object);
  const engine = new QueryEngine();
  for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
    const begun = process.cpuUsage();
    const said = await answer(engine, store, text).then(
      (found) => ({ answer: found }),
      (error) => ({ error: String(error) }),
    );
    const { user, system } = process.cpuUsage(begun);
    const seconds = (user + system) / 1e6;
    console.log(JSON.stringify({ name, seconds, ...said }));
  }
}

main(process.argv[2]);
