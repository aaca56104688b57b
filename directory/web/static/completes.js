// A box that completes as you type: an editable combobox with a list, after the ARIA Authoring Practices.
// It works in a page and inside a shadow root, writes nothing anywhere, and without it the box is a plain box.

const WAIT = 150;
const LEAST = 2;
let made = 0;

/** Make `input` complete from `address?q=`. `name` is the list's, `said(count)` gives the words for the live region. */
export function completes(input, address, name, said = (count) => String(count)) {
  const box = input.parentElement;
  const list = document.createElement("ul");
  const live = document.createElement("span");
  list.id = `choices-${++made}`;
  list.className = "choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", name);
  live.className = "unseen";
  live.setAttribute("role", "status");
  box.append(list, live);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    autocomplete: "off",
  })) {
    input.setAttribute(name, value);
  }

  let chosen = -1;
  let timer = 0;
  let asking = null;

  const open = () => !list.hidden;

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  }

  function mark(next) {
    const options = list.children;
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = (next + options.length) % options.length;
    const option = options[chosen];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function take(option) {
    input.value = option.dataset.text;
    stop();
    close();
    input.dispatchEvent(new CustomEvent("completed", { bubbles: true, composed: true }));
  }

  function show(found) {
    list.replaceChildren(
      ...found.map((each, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.text = option.textContent = typeof each === "string" ? each : each.text;
        return option;
      }),
    );
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    live.textContent = found.length ? said(found.length) : "";
  }

  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (text.length < LEAST) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, {
        signal: asking.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (answer.ok) show((await answer.json()).suggestions ?? []);
    } catch {
      // Stopped, or no line: the box stays a plain box.
    }
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open()) {
        if (event.key === "ArrowDown") ask();
        return;
      }
      event.preventDefault();
      const down = event.key === "ArrowDown";
      mark(chosen < 0 ? (down ? 0 : list.children.length - 1) : chosen + (down ? 1 : -1));
    } else if (event.key === "Enter" && open() && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen]);
    } else if (event.key === "Escape") {
      if (open()) {
        event.preventDefault();
        close();
      } else {
        input.value = "";
      }
    } else if (event.key === "Tab") {
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", close);
  input.form?.addEventListener("submit", () => {
    stop();
    close();
  });
  return { close };
}
