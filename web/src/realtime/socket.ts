/**
 * The socket of one person: opens, pings, comes back by itself. It never sends on a closed socket and never
 * keeps messages; who needs a message to arrive looks at what `send` returns.
 */
import type { ClientMessage, ServerEvent } from "../protocol";
import { readServerEvent, say } from "../protocol";
import { Backoff } from "./backoff";

/** `readyState` of a socket that can send. */
export const OPEN: WebSocket["readyState"] = 1;

const PING_EVERY_MS = 10_000;
const SILENCE_MS = 22_000;
/** A network that swallows everything leaves a socket opening for minutes. */
const OPEN_MS = 8_000;
/** The platform answers a ping by itself, in one round trip. */
const DOUBT_MS = 2_500;

/** Close codes of the protocol after which trying again cannot help. */
const FINAL: Record<number, SocketEnd> = { 4401: "signed_out", 4404: "unknown" };

export type SocketEnd = "signed_out" | "unknown";

export interface SocketReader {
  received(event: ServerEvent): void;
  /** The socket broke and will come back. */
  lost(): void;
  /** The socket will not come back. */
  ended(reason: SocketEnd): void;
}

export type SocketLike = Pick<
  WebSocket,
  "send" | "close" | "readyState" | "onopen" | "onmessage" | "onclose"
>;

export class LessonSocket {
  private socket: SocketLike | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private doubting: ReturnType<typeof setTimeout> | undefined;
  private lastSound = 0;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly reader: SocketReader,
    private readonly open: (url: string) => SocketLike = (url) => new WebSocket(url),
    private readonly backoff = new Backoff(),
  ) {}

  start(): void {
    this.later();
  }

  /** Whether the message left. */
  send(message: ClientMessage): boolean {
    if (this.socket === null || this.socket.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** The network is back: do not wait for the rest of the delay. */
  hurry(): void {
    if (this.closed || this.socket !== null) return;
    this.backoff.reset();
    this.later();
  }

  /** The network may have changed, or the machine has slept: make sure that somebody is still there. */
  doubt(): void {
    if (this.socket === null) {
      this.hurry();
      return;
    }
    clearTimeout(this.doubting);
    const asked = Date.now();
    this.send(say.ping());
    this.doubting = setTimeout(() => {
      if (this.lastSound < asked) this.broke(0);
    }, DOUBT_MS);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.drop();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.backoff.next());
  }

  private connect(): void {
    const socket = this.open(this.url);
    this.socket = socket;
    this.timer = setTimeout(() => this.broke(0), OPEN_MS);
    socket.onopen = () => {
      clearTimeout(this.timer);
      this.lastSound = Date.now();
      this.pulse = setInterval(() => this.beat(), PING_EVERY_MS);
    };
    socket.onmessage = (message: MessageEvent) => {
      this.lastSound = Date.now();
      const event = readServerEvent(message.data);
      if (event === null) return;
      // Only a server that speaks has answered; an accepted socket alone may be closed again at once.
      this.backoff.reset();
      this.reader.received(event);
    };
    socket.onclose = (close: CloseEvent) => this.broke(close.code);
  }

  private beat(): void {
    if (Date.now() - this.lastSound > SILENCE_MS) this.broke(0);
    else this.send(say.ping());
  }

  private broke(code: number): void {
    this.drop();
    if (this.closed) return;
    const reason = FINAL[code];
    if (reason !== undefined) {
      this.closed = true;
      this.reader.ended(reason);
      return;
    }
    this.reader.lost();
    this.later();
  }

  private drop(): void {
    clearInterval(this.pulse);
    clearTimeout(this.doubting);
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}
