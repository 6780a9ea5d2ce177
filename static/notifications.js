// The bell: one small question every half a minute, only while the page is looked at, and answered
// "304, nothing new" from an index. The newest sentence is read aloud, and shows as the bell's title.
(() => {
  "use strict";
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const EVERY_MS = 30_000;
  const count = bell.querySelector("[data-bell-count]");
  const icon = bell.querySelector("[data-bell-icon]");
  const news = document.querySelector("[data-bell-news]");
  let tag = bell.dataset.bellTag;
  let askedAt = Date.now();

  async function ask() {
    if (document.visibilityState !== "visible") return;
    askedAt = Date.now();
    try {
      const answer = await fetch(bell.dataset.bell, { headers: { "If-None-Match": tag, Accept: "application/json" } });
      if (answer.status !== 200 || answer.redirected) return; // 304, or signed out meanwhile
      tag = answer.headers.get("ETag") ?? "";
      show(await answer.json());
    } catch {
      // No network for a moment: the next question will tell.
    }
  }

  function show(said) {
    const more = said.count > Number(count.dataset.exact ?? count.textContent.replace("+", ""));
    count.textContent = said.shown;
    count.dataset.exact = said.count;
    count.classList.toggle("d-none", said.count === 0);
    icon.className = said.count ? "bi bi-bell-fill" : "bi bi-bell";
    if (!more || !said.newest) return;
    bell.title = said.newest;
    news.textContent = said.newest;
  }

  // Not all pages at the same second, and at once when somebody comes back to this one.
  setTimeout(() => setInterval(ask, EVERY_MS), Math.random() * 5_000);
  document.addEventListener("visibilitychange", () => {
    if (Date.now() - askedAt > EVERY_MS / 2) ask();
  });
})();
