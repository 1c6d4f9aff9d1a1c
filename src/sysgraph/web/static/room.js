// The convenor's page renews who was heard. Without this script it is opened again.
"use strict";
(() => {
  const heard = document.getElementById("heard"), renewed = document.querySelector(".renewed");
  if (!heard) return;
  renewed.textContent = renewed.dataset.self;
  let mark = "", is_asking = false;
  const renew = async () => {
    if (is_asking || document.hidden) return;
    is_asking = true;
    try {
      const reply = await fetch(location.pathname, { cache: "no-store", headers: mark ? { "If-None-Match": mark } : {} });
      if (reply.status === 404) { location.reload(); return; }
      if (reply.status !== 200) return;
      mark = reply.headers.get("ETag") || "";
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const now = page.getElementById("heard");
      if (!now) { location.reload(); return; }
      if (now.innerHTML !== heard.innerHTML) heard.replaceChildren(...now.childNodes);
    } catch { /* asked again in a moment */ } finally { is_asking = false; }
  };
  setInterval(renew, 4000);
  document.addEventListener("visibilitychange", renew);
})();
