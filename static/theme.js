// Runs before the first paint, so that a dark page never flashes white.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    const wish = root.dataset.theme;
    const auto = dark.matches ? "dark" : "light";
    root.dataset.bsTheme = wish === "auto" ? auto : wish;
  }

  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("shouwen:theme", apply);
})();
