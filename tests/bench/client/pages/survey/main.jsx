// The form in SurveyJS, as its own documentation puts one on a page with React.

import { createRoot } from "react-dom/client";
import { Model } from "survey-core";
import "survey-core/survey-core.fontless.min.css";
import { Survey } from "survey-react-ui";
import { HOUSEHOLDS, METHODS, SAT, TOPICS } from "../form.mjs";

const topic = ({ value, text }) => [
  { type: "comment", name: `words_${value}`, title: text, rows: 2 },
  { type: "dropdown", name: `mark_${value}`, title: `${text} satisfaction`, choices: SAT },
];
const model = new Model({
  elements: [
    { type: "dropdown", name: "household", title: "Household", choices: HOUSEHOLDS, isRequired: true },
    { type: "dropdown", name: "method", title: "Method", choices: METHODS, isRequired: true },
    ...TOPICS.flatMap(topic),
    { type: "comment", name: "conclusion", title: "Conclusion", rows: 4 },
    { type: "signaturepad", name: "signature", title: "Signature", signatureWidth: 320, signatureHeight: 160 },
  ],
});
model.onComplete.add(({ data }) => localStorage.setItem("visit", JSON.stringify(data)));
createRoot(document.querySelector("#app")).render(<Survey model={model} />);
