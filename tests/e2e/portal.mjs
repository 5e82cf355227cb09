// A way to the server that answers some requests with a page of its own, as the log-in page of a
// public Wi-Fi does, or a half-finished deployment. It changes nothing else.

import { once } from "node:events";
import { createServer, request } from "node:http";

// Opens it before the server at `url`; `caught(path)` says which requests get its own page.
export async function openPortal(url, caught) {
  const portal = createServer((asked, answer) => {
    if (caught(asked.url)) {
      answer.writeHead(200, { "content-type": "text/html" });
      answer.end("<p>Log in to the Wi-Fi</p>");
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
