// A box that completes as you type: an editable combobox with a list, after the ARIA Authoring Practices.
// The site and the widget both use it: it works in a page and inside a shadow root, asks only through what it is
// given, writes nothing anywhere, and without it the box is a plain box.

const WAIT = 150;
const LEAST = 2;
let made = 0;
const same = (one, other) => one.toLowerCase() === other.toLowerCase();

/**
 * Make `input` complete from `find(text, signal)`, a promise of texts. `name` is the list's, `said(count)` gives the
 * words for the live region. What it returns drops whatever is pending and shuts the list.
 */
export function completes(input, find, name, said = String) {
  const list = document.createElement("ul");
  const live = document.createElement("span");
  const set = (element, names) => {
    for (const [key, value] of Object.entries(names)) element.setAttribute(key, value);
  };
  const id = `choices-${++made}`;
  set(list, { id, class: "choices", part: "choices", role: "listbox", "aria-label": name });
  set(live, { class: "unseen", role: "status" });
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": id, autocomplete: "off" });
  input.parentElement.append(list, live);

  let chosen = -1;
  let timer = 0;
  let asking = null;

  const open = () => !list.hidden;
  const select = (option, on) => option?.setAttribute("aria-selected", on);

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
    close();
  }

  function mark(next) {
    const options = list.children;
    select(options[chosen], false);
    chosen = (next + options.length) % options.length;
    select(options[chosen], true);
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  }

  function take(option) {
    input.value = option.textContent;
    stop();
    input.dispatchEvent(new CustomEvent("completed", { bubbles: true }));
  }

  function show(texts) {
    close();
    list.replaceChildren(
      ...texts.map((text, at) => {
        const option = document.createElement("li");
        set(option, { id: `${id}-${at}`, role: "option", "aria-selected": false });
        option.textContent = text;
        return option;
      }),
    );
    const count = texts.length;
    list.hidden = !count;
    input.setAttribute("aria-expanded", count > 0);
    live.textContent = count ? said(count) : "";
  }

  async function ask() {
    asking?.abort();
    const text = input.value.trim();
    if (text.length < LEAST) return stop();
    const mine = (asking = new AbortController());
    try {
      const texts = await find(text, mine.signal);
      // An answer that comes late, or after the box was left, is for words that are no longer there.
      // What was typed in full needs no list, which would only lie over the button below.
      if (mine === asking) show(texts.length === 1 && same(texts[0], text) ? [] : texts);
    } catch {
      // Stopped, or no line: the box stays a plain box.
    }
  }

  function later(event) {
    clearTimeout(timer);
    // Half a character of an input method is no text yet.
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  }

  input.addEventListener("input", later);
  input.addEventListener("compositionend", later);
  input.addEventListener("keydown", (event) => {
    const { key, altKey } = event;
    if (event.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const step = key === "ArrowDown" ? 1 : -1;
      if (!open()) {
        if (step > 0) ask();
        return;
      }
      event.preventDefault();
      if (altKey) {
        if (step < 0) close();
      } else {
        mark(chosen < 0 && step < 0 ? -1 : chosen + step);
      }
    } else if (key === "Enter" && open() && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen]);
    } else if (key === "Escape") {
      event.preventDefault();
      if (open()) close();
      else input.value = "";
      clearTimeout(timer);
    } else if (key === "Tab") {
      stop();
    }
  });
  // A press on the list leaves the cursor in the box.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", stop);
  input.form?.addEventListener("submit", stop);
  close();
  return stop;
}
