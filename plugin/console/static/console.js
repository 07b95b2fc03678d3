// Every page works without this script: it moves the focus, adds rows to tables, and keeps a form from being sent twice.
"use strict";

document.querySelector("[data-focus]")?.focus();
const step = document.querySelector(".way [aria-current]");
if (step) step.parentElement.scrollLeft = step.offsetLeft - step.parentElement.clientWidth / 2;

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

// tables of a form: rows are added and taken out
function renumber(rows) {
  rows.querySelectorAll("[data-row-number]").forEach((each, index) => { each.textContent = `第${index + 1}行`; });
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-print]")) window.print();
  if (button.matches("[data-remove]")) {
    const rows = button.closest("[data-rows]");
    button.closest("[data-row]").remove();
    renumber(rows);
    rows.parentElement.querySelector("[data-add]").focus();
  }
  if (button.matches("[data-add]")) {
    const table = button.parentElement;
    const rows = table.querySelector("[data-rows]");
    const taken = Number(table.dataset.next || rows.children.length);
    table.dataset.next = taken + 1;
    rows.insertAdjacentHTML("beforeend", table.querySelector("template").innerHTML.replaceAll(".ROW.", `.${taken}.`));
    renumber(rows);
    rows.lastElementChild.querySelector("input, select, textarea").focus();
  }
});

// a link in a summary goes to the control itself, not only to its place
for (const link of document.querySelectorAll('.links a[href^="#"]')) {
  link.addEventListener("click", (event) => {
    const control = document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.closest(".question, fieldset").scrollIntoView({ block: "center" });
    control.focus({ preventScroll: true });
  });
}

// a table that is wider than its place is scrolled by keyboard too
const wide = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll(".table:not([role]), .way")) wide.observe(box);
document.addEventListener("htmx:afterSwap", () => { for (const box of document.querySelectorAll(".table:not([role]), .way")) wide.observe(box); });
