// The complaint's page: who else is here.
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
})();
