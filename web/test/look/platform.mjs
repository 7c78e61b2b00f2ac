// A stand-in for the platform, for looking at the pages. Everything is in memory; one person, password "demo".
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { portrait } from "./faces.mjs";
import { documents, pdf, tutors } from "./library.mjs";
import { Speech } from "./speech.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "..", "dist");

const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self' ws: wss:",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export function startPlatform({ port, language = "en", seats = true, lessons = [] }) {
  const state = {
    signedIn: false,
    language,
    seats,
    lessons: [...lessons],
    sockets: new Set(),
    engine: null,
  };
  const person = () => ({
    id: "u1",
    username: "student",
    name: state.language === "zh" ? "小雨" : "Robin",
    role: "student",
    language: state.language,
    tenant: { id: "t1", name: "Demo school" },
  });
  const say = (event) => {
    const raw = JSON.stringify({ timestamp: new Date().toISOString(), ...event });
    for (const socket of state.sockets) socket.send(raw);
  };
  const brief = ({ id, name, language, subject, avatar_id, poster_url }) => ({
    id,
    name,
    language,
    subject,
    avatar_id,
    poster_url,
  });
  const summary = ({ turns, engine_session_id, tutor, ...rest }) => ({
    ...rest,
    tutor: brief(tutor),
    turn_count: turns.length,
    first_question: turns.find(({ role }) => role === "user")?.content ?? null,
  });

  const routes = {
    "POST /api/auth/sign-in": (_, body) => {
      if (body.password !== "demo")
        return refuse(401, "bad_credentials", "The name or the password is not right.");
      state.signedIn = true;
      return { person: person() };
    },
    "POST /api/auth/sign-out": () => {
      state.signedIn = false;
      return undefined;
    },
    "GET /api/auth/me": () => ({ person: person() }),
    "PATCH /api/auth/me": (_, body) => {
      state.language = body.language;
      return { person: person() };
    },
    "GET /api/tutors": () => ({ tutors: state.tutors ?? tutors }),
    "GET /api/lessons": () => ({ lessons: state.lessons.map(summary).reverse() }),
    "POST /api/lessons": (_, body) => {
      if (!state.seats)
        return refuse(503, "no_seat", "All seats are taken.", { "Retry-After": "12" });
      const tutor = tutors.find(({ id }) => id === body.tutor_id);
      const lesson = {
        id: `l${state.lessons.length + 1}`,
        tutor,
        mode: body.mode ?? tutor.mode,
        started_at: new Date().toISOString(),
        ended_at: null,
        engine_session_id: `e${state.lessons.length + 1}`,
        turns: [],
      };
      state.lessons.push(lesson);
      return { lesson };
    },
    "GET /api/lessons/:id": ([id]) => found(state, id),
    "PATCH /api/lessons/:id": ([id], body) => {
      const { lesson } = found(state, id);
      const old = lesson.engine_session_id;
      lesson.mode = body.mode;
      lesson.engine_session_id = `${old}+`;
      say({
        type: "session_replaced",
        old_engine_session_id: old,
        engine_session_id: lesson.engine_session_id,
      });
      return { lesson };
    },
    "POST /api/lessons/:id/resume": ([id]) => found(state, id),
    "POST /api/lessons/:id/end": ([id]) => {
      found(state, id).lesson.ended_at = new Date().toISOString();
      return found(state, id);
    },
    "GET /api/documents/:id": ([id]) => documents[id] && { ...documents[id], text: undefined },
    "GET /api/webrtc/config": () => ({
      iceServers: [],
      iceTransportPolicy: "all",
      public_ip: null,
      port_min: 1,
      port_max: 2,
    }),
    "GET /api/status": () => ({ status: "ok" }),
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://local");
    response.setHeader(
      "Content-Security-Policy",
      pathname.startsWith("/mock/") ? "default-src 'self' 'unsafe-inline'" : CSP,
    );
    if (pathname === "/mock/engine")
      return send(response, 200, readFileSync(join(here, "engine.html")), "text/html");
    if (pathname === "/mock/engine.js")
      return send(response, 200, readFileSync(join(here, "engine.js")), "text/javascript");
    const drawn = /^\/(?:api\/avatars|mock\/face)\/(\w+)(?:\/poster|\/([\d.]+))$/.exec(pathname);
    if (drawn)
      return send(response, 200, portrait(drawn[1], Number(drawn[2] ?? 0)), "image/svg+xml");
    if (!pathname.startsWith("/api/")) return file(response, pathname);
    if (!state.signedIn && pathname !== "/api/auth/sign-in")
      return json(response, refuse(401, "unauthorized", "Please sign in again."));
    const text = /^\/api\/documents\/(\w+)\/(text|file)$/.exec(pathname);
    if (text) {
      return text[2] === "text"
        ? send(response, 200, documents[text[1]].text, "text/plain; charset=utf-8")
        : send(response, 200, pdf(), "application/pdf");
    }
    const [handler, params] = match(routes, request.method, pathname);
    const answer = handler ? handler(params, await bodyOf(request)) : undefined;
    if (!handler || (answer === undefined && request.method === "GET"))
      return json(response, refuse(404, "not_found", "That does not exist."));
    return json(response, answer);
  });

  const speech = new Speech(say, state);
  const accept = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    accept.handleUpgrade(request, socket, head, (line) => {
      if (request.url === "/mock/engine-line") {
        state.engine = line;
        line.on("message", (raw) => say(JSON.parse(raw)));
        return;
      }
      state.sockets.add(line);
      line.on("close", () => state.sockets.delete(line));
      line.send(
        JSON.stringify({ type: "hello", protocol: "tutor.v1", capabilities: { hears: ["en"] } }),
      );
      line.on("message", (raw) => speech.take(JSON.parse(raw)));
    });
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const address = `http://127.0.0.1:${server.address().port}`;
      const close = () => {
        for (const line of accept.clients) line.terminate();
        server.closeAllConnections();
        server.close();
      };
      resolve({ address, state, say, close });
    });
  });
}

const found = (state, id) => {
  const lesson = state.lessons.find((one) => one.id === id);
  return lesson && { lesson };
};

const refuse = (status, code, message, headers = {}) => ({
  status,
  headers,
  error: { code, message, id: "r-1" },
});

function json(response, answer) {
  if (answer === undefined) return response.writeHead(204).end();
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  return send(response, answer.status ?? 200, JSON.stringify(answer), "application/json");
}

function send(response, status, body, type) {
  response.writeHead(status, { "Content-Type": type });
  response.end(body);
}

function file(response, pathname) {
  const path = normalize(extname(pathname) ? pathname : "/index.html");
  try {
    send(
      response,
      200,
      readFileSync(join(dist, path)),
      TYPES[extname(path)] ?? "application/octet-stream",
    );
  } catch {
    send(response, 404, "", "text/plain");
  }
}

function match(routes, method, pathname) {
  for (const [route, handler] of Object.entries(routes)) {
    const [verb, shape] = route.split(" ");
    const params = new RegExp(`^${shape.replace(/:\w+/g, "([^/]+)")}$`).exec(pathname);
    if (verb === method && params) return [handler, params.slice(1)];
  }
  return [null, []];
}

async function bodyOf(request) {
  let raw = "";
  for await (const piece of request) raw += piece;
  return raw === "" ? {} : JSON.parse(raw);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await startPlatform({ port: Number(process.env.PORT ?? 8000) });
  console.log(
    `${address} (password: demo); open ${address}/mock/engine in a second tab for the picture`,
  );
}
