// Writes Chinese names with a finger: the pen strokes of real characters, as touch events.
// The strokes are those of hanzi-writer-data (medians in a box of 1024, y upwards from -124).

import { createRequire } from "node:module";

const BOX = 1024;
const DESCENT = 124;
// A finger moves in small steps; the medians have only a handful of points a stroke.
const STEP_PX = 5;

const load = createRequire(import.meta.url);

// The strokes of `name`, each a list of points in a box of `width` by `height` pixels.
export function strokes(name, { width, height }) {
  const characters = [...name];
  const side = Math.min(height, width / characters.length) * 0.84;
  const left = (width - side * characters.length) / 2;
  const top = (height - side) / 2;
  return characters.flatMap((character, place) => {
    const { medians } = load(`hanzi-writer-data/${character}.json`);
    return medians.map((points) => points.map(([x, y]) => ({
      x: left + side * (place + x / BOX),
      y: top + (side * (BOX - DESCENT - y)) / BOX,
    })));
  });
}

// The same line with a point at least every few pixels.
function dense(points) {
  return points.flatMap((to, place) => {
    if (place === 0) return [to];
    const from = points[place - 1];
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / STEP_PX));
    return Array.from({ length: steps }, (_, step) => ({
      x: from.x + ((to.x - from.x) * (step + 1)) / steps,
      y: from.y + ((to.y - from.y) * (step + 1)) / steps,
    }));
  });
}

// A finger on the screen of `page`.
export async function finger(page) {
  const session = await page.context().newCDPSession(page);
  const send = (type, points) => session.send("Input.dispatchTouchEvent", {
    type,
    touchPoints: points.map(({ x, y }) => ({ x, y, radiusX: 8, radiusY: 8, force: 0.5 })),
  });
  return {
    down: (point) => send("touchStart", [point]),
    move: (point) => send("touchMove", [point]),
    up: () => send("touchEnd", []),
    async stroke(points) {
      const [first, ...rest] = dense(points);
      await this.down(first);
      for (const point of rest) await this.move(point);
      await this.up();
    },
  };
}

// Writes `name` on the element `pad`, stroke by stroke; `between(n)` is called after the nth.
export async function sign(page, pad, name, between = async () => {}) {
  const pen = await finger(page);
  const count = strokes(name, { width: 1, height: 1 }).length;
  for (let n = 0; n < count; n += 1) {
    // The pad may have moved: the phone was turned, a keyboard closed.
    const { x, y, width, height } = await pad.boundingBox();
    const points = strokes(name, { width, height })[n];
    await pen.stroke(points.map((point) => ({ x: x + point.x, y: y + point.y })));
    await between(n + 1);
  }
}
