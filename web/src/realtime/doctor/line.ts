/** The socket of the lesson: whether it opens, and how long the platform takes to answer. */
import { readServerEvent, say } from "../../protocol";
import type { SocketLike } from "../socket";
import { type Finding, finding } from "./findings";

const PINGS = 5;
const OPEN_MS = 6_000;
const PONG_MS = 3_000;
/** From here on a typed question is felt to wait. */
const SLOW_MS = 500;
const SIGNED_OUT = 4401;
const TOO_MANY = 4429;

export async function checkSocket(open: () => SocketLike): Promise<Finding> {
  const socket = open();
  try {
    return await new Promise<Finding>((done) => pinging(socket, done));
  } finally {
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

function pinging(socket: SocketLike, done: (found: Finding) => void): void {
  const trips: number[] = [];
  let sent_ms = 0;
  let limit = setTimeout(() => end(finding("socket_blocked")), OPEN_MS);
  const end = (found: Finding) => {
    clearTimeout(limit);
    done(found);
  };
  const ping = () => {
    sent_ms = performance.now();
    clearTimeout(limit);
    limit = setTimeout(() => end(finding("socket_silent")), PONG_MS);
    socket.send(JSON.stringify(say.ping()));
  };
  socket.onopen = ping;
  socket.onmessage = ({ data }: MessageEvent) => {
    const event = readServerEvent(data);
    if (event?.type === "error" && event.code === "engine_unreachable") end(finding("engine_away"));
    if (event?.type !== "pong") return;
    trips.push(performance.now() - sent_ms);
    if (trips.length < PINGS) {
      ping();
      return;
    }
    const ms = Math.round(trips.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0);
    end(finding(ms < SLOW_MS ? "socket_ok" : "socket_slow", { ms }));
  };
  socket.onclose = ({ code }: CloseEvent) => {
    if (code === SIGNED_OUT) end(finding("socket_signed_out"));
    else if (code === TOO_MANY) end(finding("socket_full"));
    else end(finding("socket_blocked"));
  };
}
