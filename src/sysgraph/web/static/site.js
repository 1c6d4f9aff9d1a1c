// What the pages do better with a script. All of it works without one.
// A person's own words stay in this browser: they are sent with a form when a page needs them,
// and never stand in an address.
"use strict";
(() => {
  const KEPT = "sysgraph-words", PLACE = "sysgraph-place";
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* not kept */ } };
  const words = read(KEPT) || {};

  // Words that a page carries in its forms are kept here; then the answers may stand in the
  // address, so that it can be left and found again. A file to take away still needs the words.
  const carried = document.querySelectorAll("input.words");
  if (carried.length) {
    for (const one of carried) words[one.name] = one.value;
    write(KEPT, words);
  }
  const lighten = () => {
    if (!read(KEPT)) return;
    for (const one of document.querySelectorAll("input.words")) {
      const form = one.form;
      if (!form || form.getAttribute("action").startsWith("/answer.yaml")) continue;
      one.disabled = true;
      if (form.method !== "post") continue;
      for (const [name, value] of new URL(form.action).searchParams) {
        const held = form.appendChild(document.createElement("input"));
        Object.assign(held, { type: "hidden", name, value });
      }
      form.method = "get";
    }
  };
  const own = document.querySelector("form.texts");
  if (own) {
    for (const one of own.querySelectorAll("input")) if (words[one.name]) one.value = words[one.name];
    own.addEventListener("submit", (event) => {
      const told = {};
      for (const one of own.querySelectorAll("input")) if (one.value.trim()) told[one.name] = one.value.trim();
      write(KEPT, told);
      if (!read(KEPT)) return;
      event.preventDefault();
      location.assign("/ask/next" + new URL(own.action).search);
    });
  }
  for (const one of document.querySelectorAll("[data-words]")) {
    const said = words[one.dataset.words];
    if (said) { one.querySelector("span").textContent = said; one.hidden = false; }
  }

  // Leave and come back.
  if (location.pathname === "/ask/next" || location.pathname === "/answer") {
    if (location.search) write(PLACE, location.pathname + location.search);
  }
  const back = document.querySelector(".go-on"), place = read(PLACE);
  if (back && typeof place === "string" && place.startsWith("/")) { back.href = place; back.hidden = false; }

  // The answer in the person's own words, at the same address.
  const answer = document.querySelector("[data-answer]");
  if (answer && !carried.length && Object.keys(words).length && location.search) {
    fetch(location.href, { method: "POST", body: new URLSearchParams(words) })
      .then((reply) => (reply.ok ? reply.text() : Promise.reject()))
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html").querySelector("[data-answer]");
        if (page) { answer.replaceWith(page); ready(); }
      })
      .catch(() => { /* the page without the words stays */ });
  }

  function ready() {
    lighten();
    for (const button of document.querySelectorAll(".copy")) {
      if (!navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", () => {
        const from = document.getElementById(button.dataset.copy);
        navigator.clipboard.writeText(from.value).then(() => { button.setAttribute("data-done", ""); from.select(); });
      });
    }
    // An answer is changed as soon as it is chosen.
    const change = document.querySelector(".change form");
    if (change) change.addEventListener("change", () => change.requestSubmit());
  }
  ready();
})();
