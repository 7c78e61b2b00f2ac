/**
 * A throw-away connection that only gathers addresses: which servers answer this browser, and how fast.
 *
 * It is never the lesson's own: browsers take every packet from a configured STUN server for an answer of that
 * server, so a lesson whose media port is also named as one would never connect.
 */
import type { PeerFactory } from "../peer";

export interface Gathered {
  /** Kinds of addresses found, in order: `host`, `srflx` (as seen by a server), `relay`. */
  kinds: readonly string[];
  /** Milliseconds until the awaited kind was there; null when it did not come. */
  found_ms: number | null;
  /** The browser has asked everybody it could ask. */
  complete: boolean;
  errors: readonly GatheringError[];
}

export interface GatheringError {
  /** A STUN error code, or 701 when the server could not be reached. */
  code: number;
  text: string;
}

/** An answer takes one round trip; the browser repeats a lost question after 0.25, 0.75 and 1.75 s. */
export const GATHER_MS = 3_000;

export async function gather(
  make: PeerFactory,
  config: RTCConfiguration,
  awaited: "srflx" | "relay",
): Promise<Gathered> {
  const peer = make(config);
  const kinds: string[] = [];
  const errors: GatheringError[] = [];
  let found_ms: number | null = null;
  let complete = false;
  const begun = performance.now();
  try {
    peer.createDataChannel("check");
    await new Promise<void>((done) => {
      const limit = setTimeout(done, GATHER_MS);
      const end = () => {
        clearTimeout(limit);
        done();
      };
      peer.onicecandidateerror = ({ errorCode, errorText }) =>
        errors.push({ code: errorCode, text: errorText });
      peer.onicecandidate = ({ candidate }) => {
        if (candidate === null) {
          complete = true;
          end();
          return;
        }
        const kind = / typ (\w+)/.exec(candidate.candidate)?.[1];
        if (kind === undefined) return;
        kinds.push(kind);
        if (kind !== awaited) return;
        found_ms = Math.round(performance.now() - begun);
        end();
      };
      void peer
        .createOffer()
        .then((offer) => peer.setLocalDescription(offer))
        .catch(end);
    });
  } finally {
    peer.onicecandidate = null;
    peer.onicecandidateerror = null;
    peer.close();
  }
  return { kinds, found_ms, complete, errors };
}
