// Everything here is a help on top of staff pages that work without it. Nothing is stored, no HTML comes from strings.
const typing = (place) => place?.closest?.("input, select, textarea, [contenteditable]");

// What went wrong is where reading starts.
document.querySelector("[role=alert][tabindex]")?.focus();

// Lists: arrow keys move between the lines once one has the focus; j and k from anywhere, unless somebody turned them off.
const lists = [...document.querySelectorAll("[data-rows]")];
const lines = () => lists.flatMap((list) => [...list.querySelectorAll("li > p:first-child > a, li h2 > a, .upkeep-name > p:first-child > a")]);
function step(by) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}
const keys = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => document.querySelector("[type=search]")?.focus(),
  q: () => location.assign("/staff"),
  p: () => document.querySelector('a[href="/staff/phone"]')?.click(),
  "?": () => location.assign("/staff/shortcuts"),
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (typing(event.target)) return;
  const inList = lists.some((list) => list.contains(document.activeElement));
  if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (document.body.hasAttribute("data-keys") && Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// Counts stay live while somebody is here to see them: half an hour without a touch, and the session may go idle.
const counted = document.querySelector("[data-counts]");
if (counted) {
  let touched = Date.now();
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = Date.now()));
  const news = document.querySelector("[data-news]");
  const look = async () => {
    if (document.hidden || Date.now() - touched > 30 * 60_000) return;
    const answer = await fetch(counted.dataset.counts, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const { counts } = await answer.json();
    let changed = false;
    for (const badge of counted.querySelectorAll("[data-count]")) {
      const fresh = String(counts[badge.dataset.count] ?? 0);
      if (badge.textContent !== fresh) {
        badge.textContent = fresh;
        changed = true;
      }
    }
    if (changed && !news.textContent) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = news.dataset.link;
      news.append(news.dataset.news, " ", link);
    }
  };
  setInterval(look, Number(new URLSearchParams(location.hash.slice(1)).get("every")) || 20_000);
}

// The phone desk: the form goes out as it stands shortly after the last letter, and the answer beside it is put anew.
// A document that was asked for as one is the only HTML that a strict page may take in; nothing in it runs.
document.documentElement.classList.add("scripted");
const live = document.querySelector("form[data-live]");
if (live) {
  const panel = document.querySelector(live.dataset.live);
  const status = document.querySelector("#heard-now");
  let timer = 0;
  let asking = null;
  let sent = "";
  const told = () => {
    const data = new FormData(live);
    data.set("do", "look");
    return new URLSearchParams(data).toString();
  };
  const danger = () => panel.querySelector("#danger")?.parentElement.textContent.replace(/\s+/g, " ") ?? "";
  const ask = () => {
    const body = told();
    if (body === sent) return;
    asking?.abort();
    asking = new XMLHttpRequest();
    const mine = asking;
    mine.open("POST", live.action);
    mine.responseType = "document";
    mine.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    panel.classList.add("is-late");
    mine.addEventListener("load", () => {
      panel.classList.remove("is-late");
      const fresh = mine.response?.querySelector(live.dataset.live);
      if (!fresh || mine.status !== 200) {
        status.textContent = live.dataset.lost ?? "";
        return;
      }
      sent = body;
      const before = danger();
      const open = panel.querySelector(".read-out")?.open;
      const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
      const ticked = new Set([...panel.querySelectorAll("input:checked")].map((each) => each.id));
      panel.replaceChildren(...document.importNode(fresh, true).childNodes);
      // What was ticked while the answer was on its way stays ticked.
      for (const id of ticked) {
        const box = document.getElementById(id);
        if (box) box.checked = true;
      }
      if (open) panel.querySelector(".read-out")?.setAttribute("open", "");
      if (focused) document.getElementById(focused)?.focus();
      const now = danger();
      status.textContent = now && now !== before ? now : status.dataset.said;
    });
    mine.addEventListener("error", () => panel.classList.remove("is-late"));
    mine.send(body);
  };
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  live.addEventListener("input", (event) => {
    if (event.target.name === "service" || event.target.closest(".phone-more") || event.target.name === "agreed") return;
    soon(event.target.type === "radio" ? 0 : 350);
  });
  live.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      live.requestSubmit(live.querySelector('button[value="save"]'));
    } else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) {
      event.preventDefault(); // in a box Enter asks, it never saves half a call
      soon(0);
    }
  });
  live.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
  });
}

// Words that were typed and not sent are not lost by a slip.
const kept = document.querySelectorAll("form[data-kept]");
if (kept.length) {
  let typed = false;
  let sending = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-kept]")) typed = true;
  });
  document.addEventListener("submit", () => (sending = true));
  addEventListener("beforeunload", (event) => {
    if (typed && !sending) event.preventDefault();
  });
}
