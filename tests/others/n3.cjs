// Reads a file of Turtle, TriG, N-Triples or N-Quads with N3.js, and prints how many statements it holds.
const fs = require('fs');
const N3 = require('n3');

const [, , path, format] = process.argv;
const quads = new N3.Parser({ format }).parse(fs.readFileSync(path, 'utf8'));
console.log(JSON.stringify(quads.length));
