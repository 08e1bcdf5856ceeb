// Keys, the theme, and keeping a half-written form from being swapped away. Pages work without it.
"use strict";
(() => {
  const root = document.documentElement;

  const rows = () => [...document.querySelectorAll("#main [data-row]")];
  let chosen = null; // the reference, so that it survives a swap
  const nameOf = (row) => row.dataset.ref || String(rows().indexOf(row));
  const current = () => rows().find((row) => nameOf(row) === chosen) || null;
  const choose = (row) => {
    rows().forEach((one) => one.classList.toggle("chosen", one === row));
    chosen = row ? nameOf(row) : null;
    row?.querySelector("a")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    choose(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
  };

  const places = { q: "/", t: "/team", d: "/duty", c: "/clocks", p: "/changes", m: "/milestone", u: "/quarter", h: "/handbook" };
  let going = false;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (going) {
      going = false;
      if (places[event.key]) location.assign(places[event.key]);
      return;
    }
    const does = {
      "/": () => document.getElementById("search").focus(),
      "?": () => document.getElementById("help").showModal(),
      j: () => move(1),
      k: () => move(-1),
      t: () => current()?.querySelector(".step")?.click(),
      g: () => { going = true; },
    }[event.key];
    if (does) {
      event.preventDefault();
      does();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
  document.getElementById("keys")?.addEventListener("click", () => document.getElementById("help").showModal());
  document.getElementById("theme")?.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });

  // A page is renewed when there is a new view, but not under somebody's hands: then as soon as they let go.
  const busy = () => document.querySelector("#main details[open] form.asks, #main details.later[open], #main form.puts-off, #main form[data-dirty], #main form.htmx-request, #main button.htmx-request");
  let waits = false;
  const renew = () => {
    waits = Boolean(busy());
    if (!waits) htmx.trigger("#main", "view");
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("#main form");
    if (form) form.dataset.dirty = "";
  });
  document.addEventListener("toggle", () => { if (waits) renew(); }, true);
  // A browser has six connections to a site: a page that nobody sees holds none, and is told what it missed when it is.
  let events = null;
  const listen = () => {
    events?.close();
    const main = document.getElementById("main");
    if (document.hidden || !main?.hasAttribute("hx-trigger")) return;
    events = new EventSource(`/events?seen=${main.dataset.view}`); // what came since it was made is told, too
    let lost = false;
    events.addEventListener("view", renew);
    events.addEventListener("error", () => { lost = true; });
    events.addEventListener("open", () => {
      if (lost) renew(); // what was told meanwhile was told to nobody
      lost = false;
    });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.requestConfig.triggeringEvent?.type === "view") return; // it is asked for again when it is back
    const said = document.createElement("p");
    said.className = "notice fault";
    said.textContent = "Handrail cannot be reached: when it is back, this page shows what was done and what was not.";
    document.getElementById("notice").replaceChildren(said);
  });
  // What is kept over a swap: the chosen row, what has the focus in a row, and, when a page renews itself, what is open.
  const named = (one) => one.id || `${one.closest("[data-row]")?.dataset.ref} ${one.querySelector("summary").textContent}`;
  const inRow = (row) => [...row.querySelectorAll("a, button, input, summary")];
  let held = null;
  let open = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "main") return;
    const row = document.activeElement?.closest("#main [data-row]");
    held = row && { row: nameOf(row), at: inRow(row).indexOf(document.activeElement) };
    const renews = event.detail.requestConfig.triggeringEvent?.type === "view";
    open = renews ? new Map([...document.querySelectorAll("#main details")].map((one) => [named(one), one.open])) : null;
    if (!renews) document.getElementById("notice").replaceChildren();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "notice") return;
    document.querySelectorAll("#main details").forEach((one) => { one.open = open?.get(named(one)) ?? one.open; });
    current()?.classList.add("chosen");
    const row = held && rows().find((one) => nameOf(one) === held.row);
    if (row && document.activeElement === document.body && !document.querySelector("#main [autofocus]")) inRow(row)[held.at]?.focus({ preventScroll: true });
    if (waits) renew();
  });
})();
