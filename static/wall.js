/* Keeps a screen fresh for weeks: asks every ten seconds, waits longer while nobody answers, says
   since when, and loads itself anew once a night so that it never runs last month's script. */
(() => {
  "use strict";
  const box = document.querySelector("[data-wall]");
  const lost = document.querySelector("[data-lost]");
  const since = document.querySelector("[data-lost-since]");
  const EVERY_MS = 10_000;
  const LONGEST_MS = 120_000;
  const DAY_MS = 24 * 3600 * 1000;
  const began = Date.now();
  let wait = EVERY_MS;
  let tag = "";

  async function ask() {
    try {
      const limit = AbortSignal.timeout(20_000);
      const answer = await fetch(box.dataset.wall, { headers: { "If-None-Match": tag }, signal: limit, cache: "no-store" });
      if (answer.status === 404) { location.reload(); return; } // the link was taken back
      if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        box.innerHTML = await answer.text();
      }
      lost.hidden = true;
      wait = EVERY_MS;
      if (Date.now() - began > DAY_MS) { location.reload(); return; }
    } catch {
      if (lost.hidden) {
        lost.hidden = false;
        since.textContent = new Date().toTimeString().slice(0, 8);
      }
      wait = Math.min(wait * 1.5, LONGEST_MS);
    }
    setTimeout(ask, wait);
  }

  document.querySelector("[data-full]").addEventListener("click", () => document.documentElement.requestFullscreen?.());
  setTimeout(ask, EVERY_MS);
})();
