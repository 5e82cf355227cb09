// Pictures as a camera gives them, made in the page.

// A picture of this size with much detail, as JPEG. `beside` is what a camera writes next to it,
// e.g. where it was taken.
export async function picture(page, width, height, beside = "") {
  const base64 = await page.evaluate(
    async ([wide, high]) => {
      const canvas = new OffscreenCanvas(wide, high);
      const context = canvas.getContext("2d");
      for (let n = 0; n < 30_000; n++) {
        context.fillStyle = `hsl(${(n * 47) % 360} 60% ${20 + (n % 60)}%)`;
        context.fillRect((n * 7919) % wide, (n * 104729) % high, 5 + (n % 90), 5 + ((n * 13) % 90));
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
      return btoa(text);
    },
    [width, height],
  );
  const bytes = Buffer.from(base64, "base64");
  const told = Buffer.from(`Exif\0\0${beside}`);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, told.length + 2]);
  const buffer = Buffer.concat([head, told, bytes.subarray(2)]);
  return { name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer };
}
