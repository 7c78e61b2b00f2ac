/** Something that changes what the platform knows. */
export type Change = () => Promise<unknown>;

/** Act, then show what is known now. */
export type Act = (change: Change) => Promise<void>;
