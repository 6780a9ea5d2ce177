/* The board stays fresh without a reload: one small question every few seconds while it is looked
   at, answered 304 while nothing moved. What is done in its panel comes back here as well. */
(() => {
  "use strict";
  const box = document.querySelector("[data-board]");
  if (!box) return;
  const EVERY_MS = 5_000;
  const stale = document.querySelector("[data-board-stale]");
  const panel = document.getElementById("action-panel");
  const at = document.querySelector("[data-board-at]");
  let tag = "";
  let busy = false;

  async function refresh() {
    if (busy || document.visibilityState !== "visible" || box.querySelector(".dropdown-menu.show")) return;
    busy = true;
    try {
      const answer = await fetch(box.dataset.board, { headers: { "If-None-Match": tag } });
      if (answer.redirected) { location.reload(); return; } // signed out meanwhile
      const fresh = answer.status === 200 || answer.status === 304;
      stale.hidden = fresh;
      if (fresh && at && answer.headers.get("X-Board-At")) at.textContent = answer.headers.get("X-Board-At");
      if (answer.status !== 200) return;
      const text = await answer.text();
      if (box.querySelector(".dropdown-menu.show")) return; // somebody is choosing: the next time
      tag = answer.headers.get("ETag") ?? "";
      show(text);
    } catch {
      stale.hidden = false;
    } finally {
      busy = false;
    }
  }

  function show(text) {
    const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
    const scroll = box.querySelector(".board-scroll")?.scrollLeft ?? 0;
    box.innerHTML = text;
    window.htmx?.process(box);
    const table = box.querySelector(".board-scroll");
    if (table) table.scrollLeft = scroll;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function send(form, button) {
    const words = new FormData(form, button);
    const answer = await fetch(form.action, { method: "POST", body: words, headers: { "HX-Request": "true" } });
    if (answer.redirected) {
      await refresh();
      panel.dispatchEvent(new Event("panel:done")); // back to the row that was acted on
      return;
    }
    panel.innerHTML = await answer.text();
    window.htmx?.process(panel);
    panel.querySelector("[data-error-summary]")?.focus();
  }

  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    send(event.target, event.submitter);
  }, true);

  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
})();
