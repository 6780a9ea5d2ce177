// What every page does besides links and forms: guards against lost and doubled input, the theme's
// immediate effect, counters, and the form token for htmx. Everything works without it, only rougher.
(() => {
  "use strict";
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  // ---- htmx: the form token on every request of its own
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token;
  });

  // ---- a form is sent once
  function release(form) {
    delete form.dataset.sent;
    for (const button of form.elements) {
      if (button.dataset.held === undefined) continue;
      button.disabled = false;
      delete button.dataset.held;
    }
  }

  function hold(form) {
    for (const button of form.elements) {
      if (button.type !== "submit" || button.disabled) continue;
      button.disabled = true;
      button.dataset.held = "";
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    delete form.dataset.dirty;
    // After the browser has read the form: a disabled button does not send its name and value.
    setTimeout(() => hold(form), 0);
  });

  // Back from the next page, or an answer that replaced only a part: the form may be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  document.addEventListener("htmx:afterRequest", () => document.querySelectorAll("form[data-sent]").forEach(release));

  // ---- typed text is not lost by leaving the page: <form data-guard>
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) form.dataset.dirty = "";
  });

  window.addEventListener("beforeunload", (event) => {
    if (!document.querySelector("form[data-dirty]")) return;
    event.preventDefault();
    event.returnValue = document.body.dataset.unsaved;
  });

  // ---- the theme: at once here, kept by the server
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    const data = new FormData(form, event.submitter);
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("shouwen:theme"));
    for (const button of form.querySelectorAll("button")) {
      button.toggleAttribute("aria-current", false);
    }
    event.submitter.setAttribute("aria-current", "true");
    fetch(form.action, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
  }, true);

  // ---- how much may still be typed: <textarea maxlength data-counter="id of the output">
  function count(field) {
    const shown = document.getElementById(field.dataset.counter);
    if (shown) shown.textContent = `${field.value.length} / ${field.maxLength}`;
  }

  document.addEventListener("input", (event) => {
    if (event.target.dataset?.counter) count(event.target);
  });

  document.querySelectorAll("[data-counter]").forEach(count);

  // ---- one of several values into a field: <button data-fill="id of the field" data-fill-with="value">
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-fill]");
    const field = button && document.getElementById(button.dataset.fill);
    if (!field) return;
    field.value = button.dataset.fillWith;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    for (const each of document.querySelectorAll(`[data-fill="${CSS.escape(field.id)}"]`)) {
      each.setAttribute("aria-pressed", String(each === button));
    }
  });

  // ---- copying a number or a sentence: <button data-copy="text">
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    navigator.clipboard?.writeText(button.dataset.copy).then(() => {
      const icon = button.querySelector(".bi");
      icon?.classList.replace("bi-copy", "bi-check2");
      setTimeout(() => icon?.classList.replace("bi-check2", "bi-copy"), 1500);
    });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });

  // ---- what went wrong is read first
  document.querySelector("[data-error-summary]")?.focus();
})();
