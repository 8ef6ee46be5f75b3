// The search box of every page: a combobox with Enter, arrow keys, Escape, and "/" to get into the first one.
// Streamlit's loader calls the default function on every run, always on the same element.
//
// What it tells the server: state `typed` {text, serial} while one types; trigger `entered` {text} for Enter or when the
// field is left; trigger `chosen` {value, text} for an option. `serial` counts the values that the server has set, so
// that what was typed before a click, a link or the back button is never taken for what was typed after it.

const CSS = `
:host { display: block; font-family: var(--st-font); color: var(--st-text-color); }
.label { display: block; font-size: 0.875rem; line-height: 1.4; margin-bottom: 0.25rem; }
.label[hidden] { display: none; }
.field {
  display: flex; align-items: center; gap: 0.35rem; min-height: 2.5rem; padding: 0 0.35rem 0 0.6rem; box-sizing: border-box;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color);
}
.field:focus-within { border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color); }
.icon {
  font-family: "Material Symbols Rounded"; font-size: 1.2em; line-height: 1; flex: none; font-weight: 400;
  width: 1em; height: 1em; overflow: hidden; white-space: nowrap; font-feature-settings: "liga"; user-select: none;
}
.field > .icon { opacity: 0.6; }
input {
  flex: 1; min-width: 0; height: 2.4rem; padding: 0; border: 0; outline: 0; background: transparent;
  color: inherit; font: inherit; font-size: 1rem;
}
input::placeholder { color: inherit; opacity: 0.6; }
input::-webkit-search-cancel-button { display: none; }
kbd {
  flex: none; margin-right: 0.3rem; padding: 0 0.4rem; border: 1px solid var(--st-border-color); border-radius: 0.3rem;
  font: inherit; font-size: 0.8rem; opacity: 0.75;
}
button.clear {
  flex: none; display: grid; place-items: center; width: 1.8rem; height: 1.8rem; padding: 0; border: 0; border-radius: 50%;
  background: transparent; color: inherit; cursor: pointer;
}
button.clear:hover { background: var(--st-background-color); }
button.clear:focus-visible { outline: 2px solid var(--st-primary-color); }
[hidden] { display: none !important; }
.options { list-style: none; margin: 0; padding: 0; }
.popup {
  position: fixed; inset: auto; margin: 0; padding: 0.3rem; box-sizing: border-box; overflow-y: auto;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  background: var(--st-background-color); color: var(--st-text-color); box-shadow: 0 8px 28px rgb(0 0 0 / 0.25);
}
.popup:not(:popover-open) { display: none; }
.popup li {
  display: flex; align-items: center; gap: 0.5rem; min-height: 2.2rem; padding: 0.15rem 0.6rem; border-radius: 0.4rem;
  cursor: pointer; font-size: 0.95rem;
}
.popup li .name { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.popup li .note { flex: none; font-size: 0.8rem; opacity: 0.7; }
.popup li[aria-selected="true"] { background: var(--st-secondary-background-color); box-shadow: inset 3px 0 var(--st-primary-color); }
.row { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-top: 0.6rem; }
.row:empty { display: none; }
.row li {
  display: inline-flex; align-items: center; gap: 0.3rem; max-width: 100%; box-sizing: border-box; padding: 0.15rem 0.6rem;
  border-radius: 1rem; cursor: pointer; font-size: 0.9rem; line-height: 1.5; overflow-wrap: anywhere;
  background: var(--back, var(--st-secondary-background-color)); color: var(--front, var(--st-text-color));
}
.row li .note { display: none; }
.row li:hover { box-shadow: 0 0 0 1px currentColor; }
.row li[aria-selected="true"] { box-shadow: 0 0 0 2px var(--st-primary-color); }
.message { margin: 0.25rem 0 0; font-size: 0.85rem; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

/** The boxes of the page, for "/". */
const boxes = new Map();
let numbered = 0;

export default function show({ data, parentElement, setStateValue, setTriggerValue }) {
  const host = parentElement.querySelector(".tagviz-search");
  let box = boxes.get(host);
  if (!box) {
    dress(parentElement);
    box = new Box(host);
    boxes.set(host, box);
    if (boxes.size === 1) document.addEventListener("keydown", onSlash);
  }
  box.update(data, setStateValue, setTriggerValue);
  return () => {
    // The cleanup of an earlier call may come after a later call: only a box that is gone is taken down.
    if (host.isConnected) return;
    box.destroy();
    boxes.delete(host);
    if (!boxes.size) document.removeEventListener("keydown", onSlash);
  };
}

function dress(root) {
  if (!(root instanceof ShadowRoot)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

function onSlash(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.composedPath()[0];
  if (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) return;
  const shown = [...boxes.values()].filter((box) => box.input.getClientRects().length);
  shown.sort((one, other) => one.input.getBoundingClientRect().top - other.input.getBoundingClientRect().top
    || one.input.getBoundingClientRect().left - other.input.getBoundingClientRect().left);
  if (!shown.length) return;
  event.preventDefault();
  shown[0].input.focus();
  shown[0].input.select();
}

/** How long a text is: in code points, as Python counts. */
const points = (text) => [...text];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Box {
  constructor(host) {
    const id = `search-${++numbered}`;
    this.serial = -1;
    this.dirty = false; // typed into since the last value that the server set or that was sent to it
    this.waiting = false; // something was sent that the server has not answered
    this.active = -1;
    this.open = false;
    this.composing = false; // an input method is putting a syllable together
    this.options = [];
    this.timers = { typed: 0, idle: 0 };
    this.label = element("label", { class: "label", for: id });
    this.input = element("input", { id, type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search" });
    this.key = element("kbd", { "aria-hidden": "true" }, "/");
    this.clear = element("button", { class: "clear", type: "button", tabindex: "-1", hidden: "" }, element("span", { class: "icon", "aria-hidden": "true" }, "close"));
    this.list = element("ul", { id: `${id}-options`, class: "options", role: "listbox" });
    this.message = element("p", { class: "message", role: "status", hidden: "" });
    this.heard = element("span", { class: "heard", role: "status" });
    const search = element("span", { class: "icon", "aria-hidden": "true" }, "search");
    host.replaceChildren(
      this.label, element("div", { class: "field" }, search, this.input, this.key, this.clear), this.list, this.message, this.heard,
    );
    this.host = host;
    this.listen();
  }

  listen() {
    const { input } = this;
    this.place = () => this.open && this.popup && this.position();
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("input", () => this.onInput());
    input.addEventListener("compositionstart", () => (this.composing = true));
    input.addEventListener("compositionend", () => {
      this.composing = false;
      this.onInput();
    });
    input.addEventListener("focus", () => this.onFocus());
    input.addEventListener("blur", (event) => this.onBlur(event));
    this.clear.addEventListener("click", () => this.empty());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest?.("li");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
    addEventListener("scroll", this.place, true);
    addEventListener("resize", this.place);
  }

  destroy() {
    removeEventListener("scroll", this.place, true);
    removeEventListener("resize", this.place);
    clearTimeout(this.timers.typed);
    clearTimeout(this.timers.idle);
  }

  update(data, setState, setTrigger) {
    this.data = data;
    this.setState = setState;
    this.setTrigger = setTrigger;
    this.popup = !data.inline;
    this.first = data.mode === "choice"; // the first option is taken unless another one is
    this.label.textContent = data.label;
    this.label.hidden = data.hide_label;
    this.input.placeholder = data.placeholder;
    this.input.setAttribute("aria-label", data.label);
    this.clear.setAttribute("aria-label", data.texts.clear);
    this.list.setAttribute("aria-label", data.texts.options);
    this.list.className = `options ${this.popup ? "popup" : "row"}`;
    if (this.popup) this.list.setAttribute("popover", "manual");
    if (data.options) {
      this.input.setAttribute("role", "combobox");
      this.input.setAttribute("aria-autocomplete", "list");
      this.input.setAttribute("aria-controls", this.list.id);
    }
    this.take(data);
    this.offer(data.options ?? []);
    if (data.cut) this.tell(data.texts.cut);
    this.decorate();
  }

  /** Takes the value that the server has set; what was typed while it answered stays and is sent again. */
  take({ serial, value }) {
    if (serial === this.serial) return;
    const keep = this.dirty && this.waiting;
    this.serial = serial;
    this.waiting = false;
    if (keep || this.composing) {
      this.report();
      this.arm();
    } else {
      clearTimeout(this.timers.typed);
      clearTimeout(this.timers.idle);
      this.dirty = false;
      if (this.input.value !== value) this.input.value = value;
      this.tell("");
    }
  }

  offer(options) {
    const fresh = this.data.options_for === this.text();
    const before = this.options[this.active]?.value;
    this.options = options;
    this.list.replaceChildren(...options.map((option, at) => this.option(option, at)));
    const again = options.findIndex((option) => option.value === before);
    this.move(again >= 0 && this.moved ? again : this.first && fresh && options.length ? 0 : -1, again >= 0 && this.moved);
    const typing = this.input.getRootNode().activeElement === this.input;
    this.toggle(this.popup ? typing && this.wanted && fresh && options.length > 0 : options.length > 0);
    if (typing && fresh && this.wanted && this.data.options) {
      this.heard.textContent = options.length ? this.data.texts.count.replace("{n}", options.length) : this.text() ? this.data.texts.none : "";
      if (this.first) this.tell(!options.length && this.text() ? this.data.texts.none : "");
    }
  }

  option({ label, icon, color, note }, at) {
    const item = element("li", { id: `${this.list.id}-${at}`, role: "option", "aria-selected": "false" });
    if (icon) item.append(element("span", { class: "icon", "aria-hidden": "true" }, icon));
    item.append(element("span", { class: "name" }, label), element("span", { class: "note" }, note));
    item.style.setProperty("--back", `var(--st-${color}-background-color)`);
    item.style.setProperty("--front", `var(--st-${color}-text-color)`);
    return item;
  }

  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return; // an input method takes this key
    if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation(); // no shortcut of the page
    const last = this.options.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.popup && !this.open) return this.onFocus();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = this.active + step;
      const least = this.first ? 0 : -1;
      this.move(next > last ? least : next < least ? last : next, true);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const current = this.data.options_for === this.text();
      if (this.active >= 0 && current && (this.moved || this.first)) this.choose(this.active);
      else this.enter(); // the server knows the first option of a text that it has not answered yet
    } else if (event.key === "Escape") {
      if (this.popup && this.open) {
        event.preventDefault();
        this.wanted = false;
        this.toggle(false);
      } else if (this.input.value) {
        event.preventDefault();
        this.empty();
      }
    }
  }

  onInput() {
    const typed = points(this.input.value);
    if (typed.length > this.data.longest && !this.composing) {
      this.input.value = typed.slice(0, this.data.longest).join("");
      this.tell(this.data.texts.cut);
    } else {
      this.tell("");
    }
    this.dirty = true;
    this.wanted = true;
    this.moved = false;
    this.decorate();
    clearTimeout(this.timers.typed);
    this.timers.typed = setTimeout(() => this.report(), this.data.live_ms);
    this.arm();
  }

  /** Enters the text by itself after a while, where the server asks for that. */
  arm() {
    clearTimeout(this.timers.idle);
    if (!this.data.idle_ms) return;
    this.timers.idle = setTimeout(() => this.dirty && !this.waiting && !this.composing && this.enter(), this.data.idle_ms);
  }

  onFocus() {
    this.wanted = true;
    if (this.options.length && this.data.options_for === this.text()) this.toggle(true);
  }

  onBlur(event) {
    if (this.popup) this.toggle(false);
    const link = event.relatedTarget?.closest?.("a");
    if (this.data.mode === "text" && this.dirty && !link) this.enter();
  }

  report() {
    clearTimeout(this.timers.typed);
    this.setState("typed", { text: this.input.value, serial: this.serial });
  }

  enter() {
    if (this.data.mode === "filter") this.report();
    else if (this.data.mode === "text" || this.text()) this.send("entered", { text: this.input.value });
  }

  choose(at) {
    this.send("chosen", { value: this.options[at].value, text: this.input.value });
    this.input.focus();
  }

  /** Sends an event; the text stays in a field that holds a text, and goes from one that chooses. */
  send(event, content) {
    clearTimeout(this.timers.typed);
    clearTimeout(this.timers.idle);
    this.dirty = false;
    this.waiting = true;
    this.wanted = false;
    this.moved = false;
    if (this.popup) this.toggle(false);
    if (this.data.mode === "choice") this.input.value = "";
    this.decorate();
    this.setTrigger(event, content);
  }

  empty() {
    this.input.value = "";
    this.tell("");
    this.input.focus();
    if (this.data.mode === "text") this.enter();
    else this.onInput();
  }

  move(at, moved = false) {
    this.active = at;
    this.moved = moved && at >= 0;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = this.list.children[at];
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
    if (item && this.moved) item.scrollIntoView({ block: "nearest" });
  }

  toggle(open) {
    this.open = open;
    if (this.data.options) this.input.setAttribute("aria-expanded", String(open));
    if (!this.popup) return;
    if (open !== this.list.matches(":popover-open")) this.list.togglePopover(open);
    if (open) this.position();
  }

  position() {
    const field = this.input.parentElement.getBoundingClientRect();
    const below = innerHeight - field.bottom - 12;
    const above = field.top - 12;
    const upwards = below < 220 && above > below;
    Object.assign(this.list.style, {
      left: `${field.left}px`,
      width: `${Math.min(Math.max(field.width, 260), innerWidth - field.left - 8)}px`,
      maxHeight: `${Math.min(420, upwards ? above : below)}px`,
      top: upwards ? "auto" : `${field.bottom + 4}px`,
      bottom: upwards ? `${innerHeight - field.top + 4}px` : "auto",
    });
  }

  decorate() {
    this.clear.hidden = !this.input.value;
    this.key.hidden = Boolean(this.input.value) || !this.data.slash;
  }

  tell(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  text() {
    return this.input.value.trim();
  }
}
