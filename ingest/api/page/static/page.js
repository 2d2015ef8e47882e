// What the page does by itself, besides what its HTML does without script:
//   times    in the reader's own zone
//   the wire what arrives is put on top, or waits behind a button while the reader is further down
//   fetches  their progress, in place
// All HTML comes from the server, as a document in which nothing runs; no text is ever turned into HTML here.
"use strict";

// ── HTML from the server ──

// Resolves to the document at `url`; rejects where there is none, or the answer is no success.
function ask(url, form) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? "POST" : "GET", url);
    request.responseType = "document";
    request.onload = () => {
      const found = request.response;
      if (!found) reject(new Error(`no page at ${url}`));
      else if (request.status < 400) resolve(found);
      else reject(new Error(found.querySelector(".alarm")?.textContent ?? `status ${request.status}`));
    };
    request.onerror = () => reject(new Error("the newswire does not answer"));
    request.send(form ? new URLSearchParams(new FormData(form)) : null);
  });
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// ── times ──

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SPANS = [[86400, "d"], [3600, "h"], [60, "min"]];
const two = (number) => String(number).padStart(2, "0");

function distance(when) {
  const seconds = (Date.now() - when) / 1000;
  for (const [size, unit] of SPANS) {
    const count = Math.floor(Math.abs(seconds) / size);
    if (count) return seconds > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
  }
  return "now";
}

function said(when, style) {
  const day = `${two(when.getDate())} ${MONTHS[when.getMonth()]}`;
  const clock = `${two(when.getHours())}:${two(when.getMinutes())}`;
  return { clock, day, full: `${day} ${when.getFullYear()} ${clock}`, ago: distance(when) }[style];
}

function showTimes(root, style = "") {
  for (const time of root.querySelectorAll(`time[data-as${style}]`)) {
    const when = new Date(time.dateTime);
    const text = said(when, time.dataset.as);
    if (time.textContent !== text) time.textContent = text;
    time.title = when.toLocaleString();
  }
}

// ── the wire ──

const FURTHER_DOWN = 150; // pixels: whoever has scrolled so far is reading, and nothing may move under them
const TOGETHER = 200; // milliseconds: what arrives within is asked for at once

class Arrivals {
  constructor(list) {
    this.list = list;
    this.ids = new Set();
    this.rows = new Map(); // what waits, the oldest first
    this.bar = document.querySelector("[data-arrivals]");
    this.button = this.bar.querySelector("button");
    this.last = list.dataset.from;
    this.lamp = document.querySelector("[data-lamp]");
    this.button.addEventListener("click", () => this.show(true));
    addEventListener("scroll", () => this.rows.size && !this.reading() && this.show(false), { passive: true });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.listen()));
    addEventListener("pagehide", () => this.stream?.close());
    addEventListener("pageshow", (event) => event.persisted && this.listen()); // back from the browser's own cache
    this.lamp.dataset.lamp = "off";
    this.listen();
  }

  listen() {
    clearTimeout(this.resting);
    if (this.stream && this.stream.readyState !== EventSource.CLOSED) return;
    const url = new URL(this.list.dataset.stream, location);
    url.searchParams.set("from", this.last);
    this.stream = new EventSource(url);
    this.stream.onopen = () => (this.lamp.dataset.lamp = "on");
    this.stream.onerror = () => {
      this.lamp.dataset.lamp = "off";
      if (this.stream.readyState === EventSource.CLOSED) this.resting = setTimeout(() => this.listen(), 3000);
    };
    this.stream.onmessage = (event) => this.hear(event);
  }

  // A browser opens six connections to one address, and each hidden tab would keep one: after a while it lets go, and
  // goes on after the last event when it is seen again.
  rest() {
    this.resting = setTimeout(() => this.stream?.close(), 30000);
  }

  hear(event) {
    const told = JSON.parse(event.data);
    this.last = told.entry;
    this.ids.add(told.article.id);
    this.asking ??= setTimeout(() => this.fetch(), TOGETHER);
  }

  async fetch() {
    const ids = [...this.ids].slice(-100);
    this.ids.clear();
    const url = new URL(this.list.dataset.rows, location);
    for (const id of ids) url.searchParams.append("id", id);
    try {
      const page = await ask(url);
      showTimes(page);
      for (const row of page.querySelectorAll("li[id]")) {
        this.rows.delete(row.id);
        this.rows.set(row.id, document.adoptNode(row));
      }
    } catch {
      ids.forEach((id) => this.ids.add(id));
      await pause(2);
    }
    this.asking = this.ids.size ? setTimeout(() => this.fetch(), TOGETHER) : null;
    if (!this.rows.size) return;
    if (this.reading()) this.wait();
    else this.show(false);
  }

  reading() {
    return scrollY > FURTHER_DOWN || this.list.contains(document.activeElement);
  }

  wait() {
    const count = this.rows.size;
    this.button.textContent = `${count} new ${count === 1 ? "article" : "articles"}`;
    this.bar.hidden = false;
    document.querySelector("[data-told]").textContent = this.button.textContent;
  }

  show(asked) {
    const rows = [...this.rows.values()];
    this.rows.clear();
    this.bar.hidden = true;
    document.querySelector("[data-empty]")?.remove();
    if (asked) scrollTo({ top: 0 });
    for (const row of rows) {
      document.getElementById(row.id)?.remove();
      row.classList.add("fresh");
      this.list.prepend(row);
    }
    if (asked) this.list.querySelector("a")?.focus({ preventScroll: true });
  }
}

// ── fetches ──

async function follow(form) {
  const place = document.getElementById(form.dataset.fetch);
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    let page = await ask(form.action, form);
    for (;;) {
      const progress = page.getElementById("progress");
      if (!progress) throw new Error("the answer was not understood");
      const again = progress.dataset.again;
      place.replaceChildren(...document.adoptNode(progress).childNodes);
      if (!again) break;
      await pause(0.5);
      page = await ask(again);
    }
  } catch (error) {
    const alarm = document.createElement("p");
    alarm.className = "alarm";
    alarm.setAttribute("role", "alert");
    alarm.textContent = error.message;
    place.replaceChildren(alarm);
  }
  button.removeAttribute("aria-disabled");
}

// ── begin ──

document.querySelector("[data-zone]").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "your zone";
showTimes(document);
setInterval(() => showTimes(document, '="ago"'), 20000);
const list = document.querySelector("[data-stream]");
if (list) new Arrivals(list);
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.fetch) return;
  event.preventDefault();
  follow(event.target);
});
