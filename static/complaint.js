// The complaint's page: who else is here, and forms that open in place.
(() => {
  "use strict";
  const EVERY_MS = 4_000;
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  // ---- presence: a hint every few seconds (CON-01: seen within five), only while the page is looked at
  const box = document.querySelector("[data-presence]");
  let told = "";

  async function tell() {
    if (document.visibilityState !== "visible") return;
    const writing = document.querySelector("form[data-dirty]") ? "1" : "0";
    try {
      const answer = await fetch(box.dataset.presence, {
        method: "POST",
        headers: { "X-CSRFToken": token, "HX-Request": "true" },
        body: new URLSearchParams({ writing }),
      });
      if (!answer.ok || answer.redirected) return;
      const hint = await answer.text();
      if (hint.includes("<html")) return; // signed out meanwhile: the next step will say so
      if (hint === told) return; // saying it again would be read aloud again
      told = hint;
      window.htmx.swap(box, hint, { swapStyle: "innerHTML" });
    } catch {
      // No network for a moment: a hint may be missing.
    }
  }

  if (box) {
    tell();
    setInterval(tell, EVERY_MS);
    document.addEventListener("visibilitychange", tell);
  }

  // ---- an action's form opens above the time line and takes the focus
  const panel = document.getElementById("action-panel");
  if (!panel) return;

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== panel) return;
    panel.querySelectorAll("[data-counter]").forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true })));
    delete panel.querySelector("form")?.dataset.dirty;
    panel.scrollIntoView({ block: "start", behavior: "smooth" });
    const first = panel.querySelector("input:not([type=hidden]), select, textarea") ?? panel.querySelector("h2");
    first?.focus({ preventScroll: true });
  });

  // The form could not be fetched in place (signed out, gone): open it as a page.
  document.addEventListener("htmx:responseError", (event) => {
    const link = event.detail.elt;
    if (link?.href) window.location.assign(link.href);
  });

  panel.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-panel]")) return;
    event.preventDefault();
    panel.replaceChildren();
  });
})();
