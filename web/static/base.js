// What pages do on top of what the server already does: every form and link works without this file.
"use strict";

const live = document.getElementById("live");

/** Say a sentence to screen readers; the same sentence twice is said twice. */
function say(sentence) {
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = sentence; });
}

/** Copy buttons: `data-copy` names the field, `data-said` what is then said and shown. */
function copying(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // pages without TLS have no clipboard
    }
    say(button.dataset.said);
    button.setAttribute("aria-pressed", "true");
    setTimeout(() => button.removeAttribute("aria-pressed"), 2000);
  });
}

/** The nearest booth in a direction: distance along it counts once, aside from it three times. */
function nearest(links, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const centre = (link) => {
    const box = link.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = centre(from);
  let best = null;
  let least = Infinity;
  for (const link of links) {
    const [a, b] = centre(link);
    const along = (a - x) * dx + (b - y) * dy;
    if (link === from || along <= 1) continue;
    const cost = along + 3 * Math.abs((a - x) * dy + (b - y) * dx);
    if (cost < least) [best, least] = [link, cost];
  }
  return best;
}

/** A floor plan is one stop for Tab; arrows move between booths. Without this file each booth is a stop. */
function roving(plan) {
  const links = [...plan.querySelectorAll("a")];
  if (!links.length) return;
  let current = plan.querySelector(".sel") || links[0];
  const choose = (link) => {
    for (const other of links) other.setAttribute("tabindex", other === link ? "0" : "-1");
    current = link;
  };
  choose(current);
  plan.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (link) choose(link);
  });
  plan.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    const next = nearest(links, current, event.key);
    if (!next) return;
    event.preventDefault();
    choose(next);
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

/** Tables with boxes: one box chooses the page's rows; the bar below says how many are chosen. */
function choosing(form) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const bar = form.querySelector("[data-chosen]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    if (bar) bar.textContent = bar.dataset.chosen.replace("#", chosen.length);
    if (all) all.checked = chosen.length === boxes.length && boxes.length > 0;
  };
  if (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; count(); });
  }
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

/** A form is sent once, however often its button is pressed. */
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    event.submitter?.classList.add("htmx-request");
    setTimeout(() => { delete form.dataset.sent; event.submitter?.classList.remove("htmx-request"); }, 5000);
  });
}

/** "/" goes to the search field, unless one is writing. */
function keys(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
}

for (const button of document.querySelectorAll("[data-copy]")) copying(button);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const plan of document.querySelectorAll("svg.hall")) roving(plan);
for (const form of document.querySelectorAll("[data-rows]")) choosing(form);
for (const form of document.querySelectorAll("form[method=post]")) once(form);
for (const select of document.querySelectorAll("[data-jump]")) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const strip of document.querySelectorAll(".tabs, .rail ul, .top nav, .phase")) {
  const current = strip.querySelector("[aria-current]");
  if (current && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2 + current.offsetWidth / 2;
  }
}
const wrong = document.querySelector(".errors");
if (wrong) wrong.focus();
document.addEventListener("keydown", keys);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
