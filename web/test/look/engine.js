// The media side of the stand-in: answers an offer with a drawn face and a soft tone, over real WebRTC.
const canvas = document.querySelector("canvas");
const pen = canvas.getContext("2d");
const line = new WebSocket(`ws://${location.host}/mock/engine-line`);
let speaking = false;
let pictures = [];

async function load(face) {
  const paths = [0, 0.5, 1].map((mouth) => `/mock/face/${face}/${mouth}`);
  pictures = await Promise.all(
    paths.map(async (path) => {
      const picture = new Image();
      picture.src = path;
      await picture.decode();
      return picture;
    }),
  );
}

setInterval(() => {
  if (pictures.length === 0) return;
  const open = speaking ? Math.abs(Math.sin(performance.now() / 110)) : 0;
  const picture = pictures[Math.min(2, Math.round(open * 2))];
  pen.drawImage(picture, 0, Math.sin(performance.now() / 900) * 1.5, 512, 514);
}, 40);

async function answer({ sdp, face }) {
  await load(face);
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  const out = sound.createMediaStreamDestination();
  volume.gain.value = 0.02;
  tone.connect(volume).connect(out);
  tone.start();
  await peer.setRemoteDescription({ type: "offer", sdp });
  for (const track of [...canvas.captureStream(25).getTracks(), ...out.stream.getTracks()])
    peer.addTrack(track);
  await peer.setLocalDescription(await peer.createAnswer());
  await new Promise((resolve) => {
    if (peer.iceGatheringState === "complete") resolve();
    peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve();
    setTimeout(resolve, 1_500);
  });
  line.send(JSON.stringify({ type: "webrtc_answer", sdp: peer.localDescription.sdp }));
}

line.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.type === "offer") void answer(message);
  if (message.type === "speaking") speaking = message.on;
};
