// The list of a page's keys: "?" opens it wherever the focus is but in a text, Escape or a click beside it closes it.
// Streamlit's loader calls the default function on every run, always on the same element.

const CSS = `
:host { display: block; font-family: var(--st-font); color: var(--st-text-color); }
button {
  display: inline-flex; align-items: center; gap: 0.5rem; padding: 0.25rem 0.4rem; border: 0; border-radius: 0.4rem;
  background: transparent; color: inherit; font: inherit; font-size: 0.875rem; cursor: pointer;
}
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
kbd {
  display: inline-block; min-width: 1.1em; padding: 0 0.4rem; border: 1px solid var(--st-border-color);
  border-radius: 0.3rem; font: inherit; font-size: 0.85rem; text-align: center; white-space: nowrap;
}
dialog {
  width: min(30rem, calc(100vw - 2rem)); box-sizing: border-box; max-height: 85vh; overflow: auto; padding: 1.2rem 1.4rem;
  border: 1px solid var(--st-border-color); border-radius: 0.7rem; color: var(--st-text-color);
  background: var(--st-background-color); font-family: var(--st-font);
}
dialog::backdrop { background: rgb(0 0 0 / 0.45); }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
h2 { margin: 0; font-size: 1.1rem; }
h3 { margin: 1rem 0 0.3rem; font-size: 0.9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1rem; margin: 0; font-size: 0.9rem; }
dt { display: flex; gap: 0.3rem; justify-content: flex-end; }
dd { margin: 0; }
`;

const helps = new Map();

export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".tagviz-keys");
  let help = helps.get(host);
  if (!help) {
    if (parentElement instanceof ShadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      parentElement.adoptedStyleSheets = [...parentElement.adoptedStyleSheets, sheet];
    }
    help = new KeyHelp(host);
    helps.set(host, help);
  }
  help.update(data);
  return () => {
    if (host.isConnected) return;
    help.destroy();
    helps.delete(host);
  };
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class KeyHelp {
  constructor(host) {
    this.opener = element("button", { type: "button", "aria-haspopup": "dialog" });
    this.dialog = element("dialog", { "aria-labelledby": "keys-title" });
    host.replaceChildren(this.opener, this.dialog);
    this.opener.addEventListener("click", () => this.open());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.onKey = (event) => {
      const [target] = event.composedPath();
      const typing = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
      if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing) return;
      event.preventDefault();
      if (this.dialog.open) this.dialog.close();
      else this.open();
    };
    document.addEventListener("keydown", this.onKey);
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  update(data) {
    this.opener.replaceChildren(element("kbd", { "aria-hidden": "true" }, "?"), data.texts.title);
    const close = element("button", { type: "button", "aria-label": data.texts.close }, "✕");
    close.addEventListener("click", () => this.dialog.close());
    const title = element("h2", { id: "keys-title" }, data.texts.title);
    const parts = data.groups.flatMap(([name, rows]) => [
      element("h3", {}, name),
      element("dl", {}, ...rows.flatMap(([keys, meaning]) => [
        element("dt", {}, ...keys.map((key) => element("kbd", {}, key))),
        element("dd", {}, meaning),
      ])),
    ]);
    this.dialog.replaceChildren(element("header", {}, title, close), ...parts);
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
  }
}
