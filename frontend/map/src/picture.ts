// What is on the screen, as a PNG file.

import { element } from "./dom.ts";

/** The canvases one over the other, on a ground of this colour. */
export function savePicture(layers: HTMLCanvasElement[], ground: string): void {
  const picture = element("canvas");
  [picture.width, picture.height] = [layers[0].width, layers[0].height];
  const context = picture.getContext("2d")!;
  context.fillStyle = ground;
  context.fillRect(0, 0, picture.width, picture.height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
  picture.toBlob((blob) => {
    if (!blob) return;
    const link = element("a", "", { href: URL.createObjectURL(blob), download: "map.png" });
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
