// The keyboard. `data-key="g w"` on a link, button or field says what to type to get there.
//
// Off while somebody types, while a dialog or menu is open, and for people who switched it off
// (<body data-shortcuts="off">). Never with Ctrl, Alt, AltGr or Meta. A key follows links, opens
// dialogs, marks choices and moves to buttons; it never sends a form, so none can close a complaint.
(() => {
  "use strict";
  if (document.body.dataset.shortcuts !== "on") return;

  const PATIENCE_MS = 1200;
  const TYPING = 'input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"]), textarea, select, [contenteditable=""], [contenteditable="true"]';
  const OPEN = ".modal.show, .offcanvas.show, .dropdown-menu.show, dialog[open]";
  let typed = [];
  let lastAt = 0;

  function isOff(event) {
    return (
      event.defaultPrevented ||
      event.isComposing ||
      event.repeat && !"jk".includes(event.key) ||
      event.ctrlKey || event.altKey || event.metaKey ||
      event.getModifierState("AltGraph") ||
      event.key.length !== 1 ||
      event.target.closest(TYPING) !== null ||
      document.querySelector(OPEN) !== null
    );
  }

  function isVisible(element) {
    return element.getClientRects().length > 0;
  }

  function sendsForm(element) {
    return (element.matches('button, input[type="submit"], input[type="image"]')) &&
      element.form !== null && (element.type === "submit" || element.type === "image");
  }

  function go(element) {
    element.scrollIntoView({ block: "nearest" });
    element.focus();
    if (element.matches(TYPING) || sendsForm(element)) return;
    element.click();
  }

  function rows() {
    return [...document.querySelectorAll("[data-rows] [data-row-link]")].filter(isVisible);
  }

  function step(by) {
    const all = rows();
    if (all.length === 0) return;
    const here = all.findIndex((link) => link.closest("[data-row], tr, li")?.contains(document.activeElement));
    const next = here === -1 ? (by > 0 ? 0 : all.length - 1) : here + by;
    const link = all[Math.min(Math.max(next, 0), all.length - 1)];
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  function focusSearch() {
    const search = document.querySelector("[data-search]");
    search?.focus();
    search?.select();
  }

  function primary() {
    const button = [...document.querySelectorAll("[data-primary]")].find(isVisible);
    if (button) go(button);
  }

  const OWN = {
    "/": focusSearch,
    "?": () => window.bootstrap.Modal.getOrCreateInstance("#keys").show(),
    "p": primary,
    "j": () => step(1),
    "k": () => step(-1),
  };

  function declared() {
    return [...document.querySelectorAll("[data-key]")].filter((each) => !each.disabled);
  }

  function act(sequence) {
    const found = declared().find((each) => each.dataset.key === sequence);
    if (found) {
      go(found);
      return true;
    }
    if (!(sequence in OWN)) return false;
    OWN[sequence]();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (isOff(event)) {
      typed = [];
      return;
    }
    const isLetter = event.key.toLowerCase() !== event.key.toUpperCase();
    if (isLetter && event.shiftKey) return;
    const now = Date.now();
    if (now - lastAt > PATIENCE_MS) typed = [];
    lastAt = now;
    typed.push(event.key.toLowerCase());

    const sequence = typed.join(" ");
    if (act(sequence)) {
      event.preventDefault();
      typed = [];
      return;
    }
    if (declared().some((each) => each.dataset.key.startsWith(sequence + " "))) {
      event.preventDefault();
      return;
    }
    typed = [];
  });

  document.querySelector("[data-search]")?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.blur();
  });

  // ---- the dialog also tells the keys of this page
  function wordsOf(element) {
    const label = element.labels?.[0] ?? element;
    return element.dataset.keyLabel || element.getAttribute("aria-label") || label.textContent.trim().replace(/\s+/g, " ");
  }

  document.getElementById("keys")?.addEventListener("show.bs.modal", () => {
    const box = document.querySelector("[data-page-keys]");
    const list = box.querySelector("dl");
    list.replaceChildren();
    for (const each of declared()) {
      if (each.closest("#navigation")) continue;
      const line = document.createElement("div");
      const words = document.createElement("dt");
      const keys = document.createElement("dd");
      words.textContent = wordsOf(each);
      for (const sign of each.dataset.key.split(" ")) {
        const key = document.createElement("kbd");
        key.textContent = sign;
        keys.append(key, " ");
      }
      line.append(words, keys);
      list.append(line);
    }
    box.hidden = list.children.length === 0;
  });
})();
