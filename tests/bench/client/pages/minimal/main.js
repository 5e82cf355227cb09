// The form by hand: what the platform gives, a pad and a wrapper of IndexedDB. The floor.

import { openDB } from "idb";
import SignaturePad from "signature_pad";
import { HOUSEHOLDS, METHODS, SAT, TOPICS } from "../form.mjs";
import "./main.css";

const options = (list) => list.map(({ value, text }) => `<option value="${value}">${text}</option>`).join("");
const topic = ({ value, text }) => `<fieldset><legend>${text}</legend>
<textarea name="words_${value}" rows="2" aria-label="${text} opinion"></textarea>
<select name="mark_${value}" aria-label="${text} satisfaction"><option value="">-</option>${options(SAT)}</select></fieldset>`;

document.querySelector("#app").innerHTML = `<form><h1>Visit</h1>
<label>Household<input name="household" list="households" required autocomplete="off"></label>
<datalist id="households">${HOUSEHOLDS.map(({ text }) => `<option value="${text}">`).join("")}</datalist>
<label>Method<select name="method" required>${options(METHODS)}</select></label>
${TOPICS.map(topic).join("")}
<label>Conclusion<textarea name="conclusion" rows="4"></textarea></label>
<fieldset><legend>Signature</legend><canvas id="pad" width="320" height="160"></canvas>
<button type="button" id="clear">Clear</button></fieldset>
<button>Save</button><output></output></form>`;

const form = document.querySelector("form");
const pad = new SignaturePad(document.querySelector("#pad"), { throttle: 0 });
document.querySelector("#clear").onclick = () => pad.clear();

const database = openDB("minimal", 1, {
  upgrade(it) {
    it.createObjectStore("visit", { keyPath: "id" });
    it.createObjectStore("draft");
  },
});
const read = () => ({ ...Object.fromEntries(new FormData(form)), signature: pad.toData() });
let timer;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => (await database).put("draft", read(), "only"), 300);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await (await database).put("visit", { id: crypto.randomUUID(), at: Date.now(), ...read() });
  document.querySelector("output").value = "Saved";
  form.reset();
  pad.clear();
});
database.then(async (it) => {
  const draft = await it.get("draft", "only");
  for (const [name, value] of Object.entries(draft ?? {})) if (form[name]) form[name].value = value;
});
