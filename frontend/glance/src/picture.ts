// A figure as a file: what the style sheet says is written into a copy, because a file has none.

import { html } from "./dom.ts";

const SAID = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline", "visibility"];

export function save(drawn: SVGSVGElement, name: string, form: "png" | "svg"): void {
  const [width, height] = [drawn.clientWidth, drawn.clientHeight];
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const [from, to] = [drawn, copy].map((one) => one.querySelectorAll<SVGElement>("*"));
  from.forEach((node, at) => {
    const style = getComputedStyle(node);
    for (const what of SAID) to[at].style.setProperty(what, style.getPropertyValue(what));
  });
  copy.querySelector(".ring")?.remove();
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.style.background = getComputedStyle(drawn).getPropertyValue("--st-background-color");
  const file = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  if (form === "svg") return give(file, `${name}.svg`);
  const image = new Image(width, height);
  image.onload = () => {
    const canvas = html("canvas", "", "", { width: 2 * width, height: 2 * height });
    canvas.getContext("2d")!.drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob((blob) => blob && give(blob, `${name}.png`));
    URL.revokeObjectURL(image.src);
  };
  image.src = URL.createObjectURL(file);
}

function give(file: Blob, name: string): void {
  const link = html("a", "", "", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
