// Every page works without this script: it moves the focus, adds rows to tables, and keeps a form from being sent twice.
"use strict";

document.querySelector("[data-focus]")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  // later than this event, so that the button's own value is still sent
  setTimeout(() => { for (const each of form.querySelectorAll("button")) each.disabled = true; });
});
window.addEventListener("pageshow", () => { for (const each of document.querySelectorAll("form button")) each.disabled = false; });

// a menu or a note that is open closes with Escape and gives the focus back
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

// on paper nothing can be opened any more
window.addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("main details")) each.open = true; });
