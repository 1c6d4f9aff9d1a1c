// Checks a form as one types: it is sent as the button Check sends it, and what the page that comes
// back says of each field is put in place. Without this script the button does the same.
"use strict";
(() => {
  const form = document.querySelector("form.contribution");
  if (!form) return;
  const touched = new Set();
  let isAll = Boolean(form.elements._checked), isAsking = false, isChanged = false, timer = 0;
  let isUnsaved = isAll;

  const put = (page) => {
    for (const place of form.querySelectorAll(".at")) {
      const name = place.id.slice(3), now = page.getElementById(place.id);
      if (!now || !(isAll || touched.has(name))) continue;
      if (now.innerHTML !== place.innerHTML) place.replaceChildren(...now.childNodes);
      const control = document.getElementById("f-" + name), theirs = page.getElementById("f-" + name);
      if (!control || !theirs) continue;
      if (theirs.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    const count = form.querySelector(".count"), now = page.querySelector(".count");
    // Read out by itself, so that it is touched only where it changes.
    if (isAll && now && now.textContent !== count.textContent) count.textContent = now.textContent;
    for (const id of isAll ? ["faults", "out"] : ["out"]) {
      const now = page.getElementById(id), place = document.getElementById(id);
      if (now && now.innerHTML !== place.innerHTML) place.replaceChildren(...now.childNodes);
    }
  };
  const check = async () => {
    if (isAsking) { isChanged = true; return; }
    isAsking = true;
    isChanged = false;
    try {
      const told = new URLSearchParams(new FormData(form));
      told.set("_do", "check");
      const reply = await fetch(form.action, { method: "POST", body: told });
      if (reply.ok) put(new DOMParser().parseFromString(await reply.text(), "text/html"));
    } catch { /* the button is still there */ } finally { isAsking = false; }
    if (isChanged) later();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(check, 700); };
  const touch = (event) => {
    if (event.target.name) touched.add(event.target.name);
    isUnsaved = true;
    later();
  };
  form.addEventListener("input", touch);
  form.addEventListener("change", touch);

  // Nothing is kept but in the file: who leaves without it is asked once.
  form.addEventListener("submit", () => { isUnsaved = false; });
  addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });

  // What a link in the summary leads to may be folded.
  const unfold = () => {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = there; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (there) there.focus();
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
