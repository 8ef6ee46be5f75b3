// How much of the window a map takes: the map is the page, so the page's own wide margins give way while it is there.

const LEAST = 440;
const FOOT = 56;
const MARGIN = "1.5rem";

/** Sets the height: as many pixels as are asked, or (0) what the window leaves below the map's top. */
export function fit(host: HTMLElement, height: number): void {
  if (height) {
    host.style.height = `${height}px`;
    return;
  }
  widen(host);
  const top = host.getBoundingClientRect().top + (pageOf(host)?.parentElement?.scrollTop ?? 0);
  host.style.height = `max(${LEAST}px, calc(100dvh - ${Math.round(top + FOOT)}px))`;
}

function pageOf(host: HTMLElement): HTMLElement | null {
  const root = host.getRootNode();
  const outer = root instanceof ShadowRoot ? root.host : host;
  return outer.closest<HTMLElement>("[data-testid=stMainBlockContainer]");
}

function widen(host: HTMLElement): void {
  const page = pageOf(host);
  if (page) Object.assign(page.style, { paddingLeft: MARGIN, paddingRight: MARGIN, paddingTop: "4rem", paddingBottom: "0.5rem" });
}

/** Gives the page its margins back. */
export function leave(): void {
  const page = document.querySelector<HTMLElement>("[data-testid=stMainBlockContainer]");
  for (const name of ["paddingLeft", "paddingRight", "paddingTop", "paddingBottom"] as const) if (page) page.style[name] = "";
}
