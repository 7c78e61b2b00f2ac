/** The ways that sound and picture can take: straight over UDP to the engine's port, or around through TURN. */
import type { PeerFactory } from "../peer";
import { type Finding, type FindingCode, finding } from "./findings";
import { type Gathered, gather } from "./gathering";

export interface Reach {
  iceServers: readonly RTCIceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  /** Where the engine's media port is; null when the engine has not said. */
  publicIp: string | null;
  port: number;
  /** The address of this page, the best guess without a public one. */
  pageHost: string;
}

const LOOPBACK = /^(localhost|127\.[\d.]+|\[?::1\]?)$/;

const bracketed = (host: string): string =>
  host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;

/** Ask the engine's media port, which answers like a STUN server, whether it hears this browser. */
export async function checkUdp(make: PeerFactory, reach: Reach): Promise<Finding> {
  if (reach.iceTransportPolicy === "relay") return finding("udp_unused");
  const host = reach.publicIp ?? reach.pageHost;
  const { port } = reach;
  const urls = `stun:${bracketed(host)}:${port}`;
  const gathered = await gather(make, { iceServers: [{ urls }] }, "srflx");
  const { found_ms, complete, errors, kinds } = gathered;
  if (found_ms !== null) return finding("udp_ok", { host, port });
  if (complete && kinds.length === 0) return finding("udp_off");
  if (errors.some(({ text }) => /lookup|resol/i.test(text))) return finding("udp_name", { host });
  // Without a NAT in between, the address that the server sees is already known and browsers leave it out.
  if (complete && errors.length === 0) return finding("udp_ok", { host, port });
  if (reach.publicIp !== null) return finding("udp_blocked", { host, port });
  // Browsers that bind to a network card cannot ask their own machine; nothing lies in between to check.
  return finding(LOOPBACK.test(host) ? "udp_local" : "udp_unsure", { host, port });
}

/** Force each TURN server on its own; in the order in which they are configured. */
export async function checkTurn(
  make: PeerFactory,
  { iceServers }: Reach,
  now: () => number = Date.now,
): Promise<Finding[]> {
  const servers = iceServers.flatMap(({ urls, ...login }) =>
    [urls]
      .flat()
      .filter((url) => /^turns?:/i.test(url))
      .map((url) => ({ urls: url, ...login })),
  );
  if (servers.length === 0) return [finding("turn_none")];
  return Promise.all(
    servers.map(async (server) => {
      const config: RTCConfiguration = { iceServers: [server], iceTransportPolicy: "relay" };
      try {
        const gathered = await gather(make, config, "relay");
        return turnFinding(gathered, server.urls, expired(server.username, now()));
      } catch {
        // The browser itself refuses the address: no such scheme, or no user name.
        return finding("turn_other", { url: server.urls, code: "URL" });
      }
    }),
  );
}

const REFUSALS: Record<number, FindingCode> = {
  401: "turn_wrong",
  403: "turn_forbidden",
  486: "turn_quota",
  508: "turn_full",
  701: "turn_unreachable",
};

function turnFinding({ found_ms, errors }: Gathered, url: string, old: boolean): Finding {
  if (found_ms !== null) return finding("turn_ok", { url, ms: found_ms });
  // A refusal in words says more than the silence of a second network card.
  const error = errors.find(({ code }) => code !== 701) ?? errors[0];
  if (error === undefined) return finding("turn_silent", { url });
  if (error.code === 401 && old) return finding("turn_expired", { url });
  return finding(REFUSALS[error.code] ?? "turn_other", { url, code: error.code });
}

/** Credentials of minutes carry their end as a user name: seconds since 1970, then a colon. */
function expired(username: string | undefined, now_ms: number): boolean {
  const until = /^(\d{9,11}):/.exec(username ?? "")?.[1];
  return until !== undefined && Number(until) * 1_000 < now_ms;
}
