// The editor in the place of the text area, which is what is sent and works without it.
"use strict";
(() => {
  const area = document.getElementById("query");
  if (!area || typeof Yasqe === "undefined") return;
  const place = document.createElement("div");
  area.after(place);
  // Nothing is fetched and nothing is kept: no lists from elsewhere, no query button, no memory.
  Yasqe.defaults.autocompleters = [];
  const editor = new Yasqe(place, {
    value: area.value,
    showQueryButton: false,
    createShareableLink: null,
    persistenceId: null,
    resizeable: false,
    consumeShareLink: null,
    viewportMargin: Infinity,
    // Tab leaves the editor, as it leaves a text area.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": () => area.form.requestSubmit() },
  });
  area.hidden = true;
  const label = document.querySelector("label[for=query]");
  const field = editor.getInputField();
  field.setAttribute("aria-label", label.textContent);
  label.addEventListener("click", (event) => { event.preventDefault(); editor.focus(); });
  area.form.addEventListener("submit", () => { area.value = editor.getValue(); });
})();
