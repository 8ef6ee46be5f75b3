// The field for files: sends each to the server as it is, shows how far it is, and lets one stop it.
// Streamlit's loader calls the default function on every run, always on the same element.
//
// What it tells the server: state `arrived`, a number that changes whenever a file has arrived or was taken away.

const CSS = `
:host { display: block; font-family: var(--st-font); color: var(--st-text-color); }
.zone {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; padding: 0.9rem 1rem; box-sizing: border-box;
  border: 1px dashed var(--st-border-color); border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color);
}
.zone.over { border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color); }
.words { flex: 1; min-width: 12rem; }
.words p { margin: 0; line-height: 1.45; }
.words .small { font-size: 0.85rem; }
input { display: none; }
button {
  font: inherit; color: inherit; border: 1px solid var(--st-border-color); background: var(--st-background-color);
  border-radius: 2rem; padding: 0.4rem 1rem; min-height: 2.5rem; cursor: pointer;
}
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button.small { min-height: 2rem; min-width: 2rem; padding: 0 0.6rem; flex: none; }
ul { list-style: none; margin: 0.4rem 0 0; padding: 0; }
ul:empty { display: none; }
li { display: flex; align-items: center; gap: 0.6rem; padding: 0.2rem 0; font-size: 0.95rem; }
li .name { min-width: 0; overflow-wrap: anywhere; flex: 1 1 8rem; }
li .size { flex: none; font-size: 0.85rem; }
progress { flex: 1 1 6rem; min-width: 4rem; height: 0.6rem; accent-color: var(--st-primary-color); }
.error { margin: 0.5rem 0 0; padding: 0.6rem 0.8rem; border-radius: var(--st-base-radius); overflow-wrap: anywhere;
  background: var(--st-red-background-color, #fdecea); color: var(--st-red-text-color, #7d1a12); font-size: 0.95rem; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
`;
const MOST_SHOWN = 20;
const fields = new Map();

export default function show({ data, parentElement, setStateValue }) {
  const host = parentElement.querySelector(".tagviz-upload");
  let field = fields.get(host);
  if (!field) {
    if (parentElement instanceof ShadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      parentElement.adoptedStyleSheets = [...parentElement.adoptedStyleSheets, sheet];
    }
    field = new Field(host);
    fields.set(host, field);
  }
  field.update(data, setStateValue);
  return () => {
    if (host.isConnected) return;
    field.stop();
    fields.delete(host);
  };
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** The token against forged requests, which Streamlit keeps in a cookie. */
const token = () => (document.cookie.match(/(?:^|; )_streamlit_xsrf=([^;]*)/) || ["", ""])[1].replace(/^"|"$/g, "");

class Field {
  constructor(host) {
    this.items = [];
    this.serial = 0;
    this.input = element("input", { type: "file" });
    this.button = element("button", { type: "button" });
    this.head = element("p");
    this.note = element("p", { class: "small" });
    this.zone = element("div", { class: "zone" }, element("div", { class: "words" }, this.head, this.note), this.button, this.input);
    this.list = element("ul");
    this.error = element("p", { class: "error", role: "alert", hidden: "" });
    this.heard = element("span", { class: "heard", role: "status" });
    host.replaceChildren(this.zone, this.list, this.error, this.heard);
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      this.add([...this.input.files].map((file) => [file.webkitRelativePath || file.name, file]));
      this.input.value = "";
    });
    this.zone.addEventListener("dragover", (event) => { event.preventDefault(); this.zone.classList.add("over"); });
    this.zone.addEventListener("dragleave", () => this.zone.classList.remove("over"));
    this.zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      this.zone.classList.remove("over");
      this.add(await dropped(event.dataTransfer));
    });
  }

  update(data, setStateValue) {
    if (this.data && this.data.url !== data.url) { // a new upload: the former field is empty
      this.stop();
      this.items = [];
    }
    this.data = data;
    this.tell = setStateValue;
    this.head.textContent = data.texts.drop;
    this.note.textContent = [data.texts.limit, data.hint].filter(Boolean).join(" · ");
    this.button.textContent = data.texts.choose;
    this.input.multiple = true;
    this.input.webkitdirectory = data.folder;
    this.draw();
  }

  add(pairs) {
    this.error.hidden = true;
    if (!pairs.length) return;
    const total = [...this.items.map((item) => item.file.size), ...pairs.map(([, file]) => file.size)].reduce((a, b) => a + b, 0);
    if (total > this.data.limit) {
      const name = pairs.length === 1 ? pairs[0][1].name : pairs[0][0].split("/")[0];
      this.fail(this.data.texts.refused.replaceAll("{name}", name).replaceAll("{size}", Math.ceil(total / 1e6)));
      return;
    }
    for (const [name, file] of pairs) {
      this.items = this.items.filter((item) => item.name !== name || !item.done);
      this.items.push({ name, file, sent: 0, done: false, request: null });
    }
    this.draw();
    this.next();
  }

  next() {
    if (this.items.some((item) => item.request)) return;
    const item = this.items.find((one) => !one.done);
    if (!item) return;
    const request = new XMLHttpRequest();
    item.request = request;
    request.open("POST", this.address(item.name));
    request.setRequestHeader("X-Xsrftoken", token());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      item.sent = event.loaded;
      if (item.bar) item.bar.value = event.loaded / Math.max(1, item.file.size);
    });
    request.addEventListener("loadend", () => {
      item.request = null;
      if (!this.items.includes(item)) { this.next(); return; }
      if (request.status === 200) {
        item.done = true;
        this.heard.textContent = this.data.texts.arrived.replace("{name}", item.name);
      } else {
        this.items = this.items.filter((one) => one !== item);
        this.fail(answer(request) || this.data.texts.failed);
      }
      this.draw();
      if (this.items.every((one) => one.done)) this.changed();
      else this.next();
    });
    request.send(item.file);
    this.draw();
  }

  address(name) {
    return `${new URL(this.data.url, document.baseURI).href}?name=${encodeURIComponent(name)}`;
  }

  changed() {
    this.serial += 1;
    this.tell("arrived", this.serial);
  }

  async remove(item) {
    this.items = this.items.filter((one) => one !== item);
    this.error.hidden = true;
    this.draw();
    if (item.request) {
      item.request.abort();
      if (this.items.length && this.items.every((one) => one.done)) this.changed();
      return;
    }
    if (item.done) {
      await fetch(this.address(item.name), { method: "DELETE", headers: { "X-Xsrftoken": token() } });
      this.changed();
    }
  }

  fail(text) {
    this.error.textContent = text;
    this.error.hidden = false;
  }

  stop() {
    for (const item of this.items) if (item.request) item.request.abort();
  }

  draw() {
    const rows = this.items.slice(0, MOST_SHOWN).map((item) => {
      const words = item.done ? this.data.texts.remove : this.data.texts.cancel;
      const end = element("button", { type: "button", class: "small", "aria-label": words.replace("{name}", item.name) }, "✕");
      end.addEventListener("click", () => this.remove(item));
      const row = element("li", {}, element("span", { class: "name" }, item.name));
      if (!item.done) {
        item.bar = element("progress", { max: "1", "aria-label": this.data.texts.progress.replace("{name}", item.name) });
        item.bar.value = item.sent / Math.max(1, item.file.size);
        row.append(item.bar);
      }
      row.append(element("span", { class: "size" }, size(item.file.size)), end);
      return row;
    });
    if (this.items.length > MOST_SHOWN) rows.push(element("li", {}, `+ ${this.items.length - MOST_SHOWN}`));
    this.list.replaceChildren(...rows);
  }
}

function answer(request) {
  try {
    return JSON.parse(request.responseText).error || "";
  } catch {
    return "";
  }
}

/** What was dropped, with all in its folders: [path, file]. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  const found = [];
  const walk = async (entry, before) => {
    if (entry.isFile) found.push([before + entry.name, await new Promise((done, failed) => entry.file(done, failed))]);
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (!some.length) return;
        for (const one of some) await walk(one, `${before}${entry.name}/`);
      }
    }
  };
  for (const entry of entries) await walk(entry, "");
  return found;
}
