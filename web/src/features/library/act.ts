/** A step on the server, and what runs one: tells what went wrong, and looks again afterwards. */
export type Step = () => Promise<unknown>;
export type Run = (step: Step) => Promise<void>;
