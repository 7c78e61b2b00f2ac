// A student's browser with nothing but a connection: offers, notes when the first frame is there, and stays a
// while to compare the moments at which its sound and its picture are played. Called by chromium.py with one
// JSON argument; prints one JSON object.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const options = JSON.parse(process.argv[2]);

/** Runs in the page. */
async function lesson({ socket: address, protocols, offer, codec, staySeconds }) {
  const socket = new WebSocket(address, protocols);
  const messages = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    messages.push(JSON.parse(data));
    wake();
  };
  const message = async (type) => {
    for (;;) {
      const found = messages.find((each) => each.type === type);
      if (found) return found;
      await new Promise((resolve) => (wake = resolve));
    }
  };
  await message("hello");
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const video = peer.addTransceiver("video", { direction: "recvonly" });
  const capable = RTCRtpReceiver.getCapabilities("video").codecs;
  video.setCodecPreferences(
    capable.filter(({ mimeType }) => [`video/${codec}`, "video/rtx"].includes(mimeType)),
  );
  peer.addTransceiver("audio", { direction: "sendrecv" });
  const face = document.createElement("video");
  face.muted = face.autoplay = face.playsInline = true;
  document.body.replaceChildren(face);
  const stream = new MediaStream();
  peer.ontrack = ({ track }) => {
    stream.addTrack(track);
    face.srcObject = stream;
  };
  const connected = new Promise((resolve) => {
    peer.onconnectionstatechange = () => peer.connectionState === "connected" && resolve(performance.now());
  });
  const first = new Promise((resolve) =>
    face.requestVideoFrameCallback((now, frame) => resolve({ at: performance.now(), ...frame })),
  );
  await peer.setLocalDescription();
  const sent = performance.now();
  socket.send(JSON.stringify({ ...offer, type: "webrtc_offer", sdp: peer.localDescription.sdp }));
  const { sdp } = await message("webrtc_answer");
  const answered = performance.now();
  await peer.setRemoteDescription({ type: "answer", sdp });
  const limit = new Promise((_, reject) => setTimeout(() => reject(new Error("no frame")), 15000));
  const frame = await Promise.race([first, limit]);
  const facts = {
    answeredMs: answered - sent,
    connectedMs: (await connected) - sent,
    firstFrameMs: frame.at - sent,
    width: frame.width,
    offsetsMs: [],
  };
  const until = performance.now() + staySeconds * 1000;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const played = {};
    for (const entry of (await peer.getStats()).values())
      if (entry.type === "inbound-rtp") played[entry.kind] = entry.estimatedPlayoutTimestamp;
    // What plays now was sent at that moment: the older one is the later one.
    if (played.audio && played.video) facts.offsetsMs.push(played.video - played.audio);
  }
  peer.close();
  socket.close();
  return facts;
}

const browser = await chromium.launch({
  executablePath: options.chromium,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required"],
});
const facts = { version: browser.version(), lessons: [] };
try {
  const page = await browser.newPage();
  await page.goto(options.page);
  for (const each of options.lessons) facts.lessons.push(await page.evaluate(lesson, each));
} finally {
  await browser.close();
}
console.log(JSON.stringify(facts));
