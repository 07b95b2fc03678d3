// The pages work without this script; with it the classified question hides the rest of the form until it is answered 否,
// rows of tables are added and taken out, and a record's page shows what is written back while one looks at it.
"use strict";

for (const form of document.querySelectorAll("[data-guarded]")) {
  const rest = form.querySelector("[data-rest]");
  const stop = form.querySelector("[data-stop]");
  const actions = form.querySelector(".actions");
  const guard = () => {
    const answer = form.querySelector('input[name="classified"]:checked');
    const open = answer !== null && answer.value === "否";
    rest.hidden = actions.hidden = !open;
    stop.hidden = answer === null || open;
    // what is disabled is not sent: of a classified form nothing leaves the page
    for (const each of rest.querySelectorAll("input, select, textarea")) each.disabled = !open;
  };
  form.addEventListener("change", (event) => { if (event.target.name === "classified") guard(); });
  form.addEventListener("submit", () => { form.querySelector("button.main").disabled = true; });
  window.addEventListener("pageshow", () => { form.querySelector("button.main").disabled = false; });
  guard();
}

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
    rows.closest(".table").querySelector("[data-add]").focus();
  }
  if (button.matches("[data-add]")) {
    const table = button.closest(".table");
    const rows = table.querySelector("[data-rows]");
    const taken = Number(table.dataset.next || rows.children.length);
    table.dataset.next = taken + 1;
    const html = table.querySelector("template").innerHTML.replaceAll(".ROW.", `.${taken}.`);
    rows.insertAdjacentHTML("beforeend", html);
    renumber(rows);
    rows.lastElementChild.querySelector("input, select, textarea").focus();
  }
});

for (const select of document.querySelectorAll("[data-submit]")) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", () => select.form.submit());
}

// a link in the summary goes to the control itself, not only to its place
for (const link of document.querySelectorAll('.links a, .summary a[href^="#"]')) {
  link.addEventListener("click", (event) => {
    const control = document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.closest(".question, fieldset").scrollIntoView({ block: "start" });
    control.focus({ preventScroll: true });
  });
}

document.querySelector("[data-focus]")?.focus();

// on paper nothing can be opened any more
window.addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });

const standing = document.querySelector("[data-standing]");
if (standing) {
  let rounds = 0;
  let shown = null;
  const look = async () => {
    const reply = await fetch(standing.dataset.standing).catch(() => null);
    const html = reply && reply.ok ? await reply.text() : null;
    // somebody reading an article is not interrupted; the next round brings what is new
    if (html !== null && html !== shown && !standing.querySelector("details[open]")) {
      standing.innerHTML = html;
      shown = html;
    }
    if (++rounds < 150) setTimeout(look, rounds < 30 ? 1000 : 5000);
  };
  look();
}
