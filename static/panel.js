// An action's form opens in place and takes the focus; closing it gives the focus back to what opened it.
(() => {
  "use strict";
  const panel = document.getElementById("action-panel");
  if (!panel) return;
  let opener = "";

  // An entry of a menu is hidden again by then: its menu's button is what can have the focus.
  const button = (link) => link.closest(".dropdown")?.querySelector("[data-bs-toggle]") ?? link;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === panel) opener = button(event.detail.elt).id;
  });

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

  function close() {
    panel.replaceChildren();
    // The row may be gone: then the page begins anew.
    (document.getElementById(opener) ?? document.getElementById("main")).focus();
  }

  panel.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-panel]")) return;
    event.preventDefault();
    close();
  });

  panel.addEventListener("panel:done", close);
})();
