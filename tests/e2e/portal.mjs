// A way to the server that answers some requests itself: with a page, as the log-in page of a public
// Wi-Fi does, or with another build's file. It changes nothing else.

import { once } from "node:events";
import { createServer, request } from "node:http";

// What a public Wi-Fi answers.
export const LOG_IN = { type: "text/html", body: "<p>Log in to the Wi-Fi</p>" };

// Opens it before the server at `url`; what `own(path)` gives (`{type, body}`) is answered as it is.
export async function openPortal(url, own) {
  const portal = createServer((asked, answer) => {
    const given = own(asked.url);
    if (given) {
      answer.writeHead(200, { "content-type": given.type, "cache-control": "no-cache" });
      answer.end(given.body);
      return;
    }
    const onward = request(new URL(asked.url, url), { method: asked.method, headers: asked.headers });
    onward.on("response", (given) => {
      answer.writeHead(given.statusCode, given.headers);
      given.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  portal.listen(0, "127.0.0.1");
  await once(portal, "listening");
  const close = () => {
    portal.closeAllConnections();
    portal.close();
  };
  return { url: `http://127.0.0.1:${portal.address().port}`, close };
}
