// jsonld.js: each document as N-Quads, or framed; contexts by address are those that are given.
const jsonld = require("jsonld");

async function main({ documents, contexts = {}, base = "", frame = null }) {
  const documentLoader = async (url) => {
    if (!(url in contexts)) throw new Error(`nothing is fetched: ${url}`);
    return { contextUrl: null, documentUrl: url, document: { "@context": contexts[url] } };
  };
  const found = [];
  for (const one of documents) {
    found.push(
      frame
        ? await jsonld.frame(one, frame, { documentLoader, base })
        : await jsonld.toRDF(one, { documentLoader, base, format: "application/n-quads" }),
    );
  }
  process.stdout.write(JSON.stringify(found));
}

let given = "";
process.stdin.on("data", (part) => (given += part));
process.stdin.on("end", () => main(JSON.parse(given)));
