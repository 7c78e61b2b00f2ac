/** What a browser and the tutor engine say to each other. */
export type * from "./generated";
export { readServerEvent, readSocketEvent, type SessionReplaced, type SocketEvent } from "./guard";
export type { Address } from "./outgoing";
export * as say from "./outgoing";
