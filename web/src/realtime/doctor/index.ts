export { Doctor, type Heard, type Step, type StepState, type Tools } from "./doctor";
export { browserSounds, type Sounds } from "./ears";
export { type BrowserFacts, browserFacts } from "./facts";
export {
  effectOf,
  type Finding,
  finding,
  isTrouble,
  type StepName,
  type Trouble,
  type Verdict,
} from "./findings";
export type { Loop, OpenLoop } from "./loop";
export type { Reach } from "./paths";
export { rehearse } from "./rehearsal";
