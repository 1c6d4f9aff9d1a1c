// Searching a site of files as the server searches: the same words, folded alike, in the same order.
"use strict";
(() => {
  const place = document.getElementById("found"), list = document.getElementById("things");
  const asked = (new URLSearchParams(location.search).get("q") || "").trim().slice(0, 200);
  const field = document.querySelector("main input[type=search]");
  if (field) field.value = asked;
  if (!place || !asked) return;
  const quotes = /^["'\u201c\u201d\u2018\u2019\u201e\u201a\u00ab\u00bb`]+|["'\u201c\u201d\u2018\u2019\u201e\u201a\u00ab\u00bb`]+$/g;
  const folded = (text) => text.replaceAll("\u2019", "'").trim().replace(quotes, "").normalize("NFKD")
    .replace(/[\p{M}.]/gu, "").toLowerCase().replaceAll("\u00df", "ss").replaceAll("\u03c2", "\u03c3")
    .replace(/[\s_\-\u2010\u2013\u2014,()&]+/gu, "-").replace(/^-+|-+$/g, "");
  const wanted = folded(asked).split("-").filter(Boolean).slice(0, 12), whole = wanted.join("-");
  const rank = (names) => {
    if (names.includes(whole)) return 0;
    if (names.some((name) => name.startsWith(whole))) return 1;
    return names.some((name) => wanted.every((word) => `-${name}`.includes(`-${word}`))) ? 2 : 3;
  };
  const show = (things) => {
    const found = wanted.length ? things.filter((one) => wanted.every((word) => one.whole.includes(`-${word}`))) : [];
    for (const one of found) one.rank = rank(one.names);
    found.sort((one, other) => one.rank - other.rank);  // those alike stand in the index in order
    const told = (text, n) => text.replace("{n}", n), first = found.slice(0, 100);
    place.textContent = !found.length ? place.dataset.none : told(place.dataset.found, found.length)
      + (found.length > first.length ? ` ${told(place.dataset.first, first.length)}` : "");
    for (const one of first) {
      const part = list.appendChild(document.createElement("div")), term = part.appendChild(document.createElement("dt"));
      const link = term.appendChild(document.createElement("a")), kind = document.createElement("span");
      Object.assign(link, { href: one.page, textContent: one.name });
      Object.assign(kind, { className: "ground", textContent: one.kind });
      term.append(" ", kind);
      if (one.text) part.appendChild(document.createElement("dd")).textContent = one.text;
    }
  };
  fetch(place.dataset.index).then((reply) => reply.json()).then(show);
})();
