// The one visit form that every page beside Doorstep builds: 200 households, the way of visiting, ten
// topics with words and a mark, a conclusion, a signature.

const STREETS = ["Elm", "Oak", "Mill", "Station", "Church", "High", "Park", "Bridge", "Orchard", "Quarry"];
const NAMES = ["Adams", "Baker", "Clarke", "Davies", "Evans", "Foster", "Green", "Hughes", "Irwin", "Jones"];
const named = (prefix, names) => names.map((text, n) => ({ value: `${prefix}${n}`, text }));

export const HOUSEHOLDS = Array.from({ length: 200 }, (_, n) => ({
  value: `hh${n}`,
  text: `${1 + Math.floor(n / 10)} ${STREETS[n % 10]} Street, ${NAMES[(n * 7) % NAMES.length]}`,
}));
export const METHODS = named("m", ["In person", "Phone", "Post", "E-mail", "Nobody home"]);
export const SAT = named("s", ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]);
export const TOPICS = named("t", [
  "Roads", "Lighting", "Bins", "Parks", "Noise", "Safety", "Schools", "Transport", "Housing", "Council",
]);
