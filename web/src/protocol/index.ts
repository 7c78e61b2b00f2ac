/** What a browser and the tutor engine say to each other. */
export type * from "./generated";
export { readServerEvent } from "./guard";
export type { Address, Key } from "./outgoing";
export * as say from "./outgoing";
