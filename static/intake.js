// First contact by keyboard: Enter in the search looks up and goes to what was found, Enter in another
// line goes on to the next one, Ctrl+Enter sends. Without it the page works by its buttons.
(() => {
  "use strict";
  const form = document.getElementById("intake");
  const search = document.getElementById("q");
  const send = document.querySelector('button[form="intake"][data-primary]');
  let goToFound = false;

  function fields() {
    return [...form.elements].filter((each) =>
      each.matches("input:not([type=hidden]), select, textarea") && each.getClientRects().length > 0);
  }

  function next(field) {
    const all = fields();
    all[all.indexOf(field) + 1]?.focus();
  }

  function lookNow() {
    goToFound = true;
    window.htmx.trigger(search, "look-now");
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(send);
      return;
    }
    if (!event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    if (event.target === search) lookNow();
    else next(event.target);
  });

  // The number that will be called when no other is typed.
  function showCallback() {
    const chosen = form.querySelector("[name=customer][data-callback]");
    document.getElementById("callback_number").placeholder = chosen?.dataset.callback ?? "";
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "found") return;
    showCallback();
    if (!goToFound) return;
    goToFound = false;
    const first = form.querySelector("#found [name=about]:checked") ??
      form.querySelector("#found [name=customer]:checked:not([value=new])") ??
      form.querySelector("#found [name=customer]");
    if (first?.value === "new") document.getElementById("name").focus();
    else first?.focus();
  });
})();
