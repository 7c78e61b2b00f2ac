// Two drawn tutors for the stand-in. `mouth` is 0 (closed) to 1 (open).

const EYES = (ink) => `
  <g fill="#fff"><ellipse cx="212" cy="236" rx="20" ry="12"/><ellipse cx="300" cy="236" rx="20" ry="12"/></g>
  <g fill="${ink}"><circle cx="213" cy="236" r="11"/><circle cx="299" cy="236" r="11"/></g>
  <g fill="#fff"><circle cx="217" cy="232" r="3.5"/><circle cx="303" cy="232" r="3.5"/></g>
  <g fill="none" stroke="${ink}" stroke-width="5" stroke-linecap="round">
    <path d="M190 232q22-18 44 0M278 232q22-18 44 0" stroke-width="4"/><path d="M186 206q26-15 50-4M276 202q24-11 50 4"/>
  </g>`;

const MOUTH = (mouth, lip) => `
  <path d="M224 318Q256 ${324 + mouth * 2} 288 318Q256 ${338 + mouth * 34} 224 318Z" fill="${mouth > 0.15 ? "#6d2a2a" : lip}"/>
  <path d="M224 318Q256 ${324 + mouth * 2} 288 318" fill="none" stroke="${lip}" stroke-width="5" stroke-linecap="round"/>`;

function face({ wall, skin, shade, hair, back, clothes, collar, ink, lip, glasses }, mouth) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">
  <rect width="512" height="512" fill="${wall}"/>
  ${back}
  <path d="M70 512q8-96 118-118h136q110 22 118 118z" fill="${clothes}"/>
  <path d="M206 330v76q50 44 100 0v-76z" fill="${shade}"/>
  <path d="M196 398l60 58 60-58 16 14-76 100-76-100z" fill="${collar}"/>
  <ellipse cx="152" cy="250" rx="16" ry="26" fill="${shade}"/><ellipse cx="360" cy="250" rx="16" ry="26" fill="${shade}"/>
  <path d="M152 212c0-78 46-112 104-112s104 34 104 112c0 92-48 164-104 164s-104-72-104-164z" fill="${skin}"/>
  <path d="M256 246q-8 32-14 42 10 10 26 4" fill="none" stroke="${shade}" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>
  <g fill="${lip}" opacity=".16"><circle cx="190" cy="290" r="24"/><circle cx="322" cy="290" r="24"/></g>
  ${EYES(ink)}${MOUTH(mouth, lip)}${hair}${glasses}
</svg>`;
}

const ADA = {
  wall: "#cfd8d2",
  skin: "#e7b592",
  shade: "#d29d79",
  clothes: "#3f5f72",
  collar: "#f3efe6",
  ink: "#3a2c26",
  lip: "#a4483f",
  back: `<path d="M118 262c-10-120 50-196 138-196s148 76 138 196c-4 70 6 120 12 150H106c6-30 16-80 12-150z" fill="#4d3227"/>`,
  hair: `<path d="M146 232c-6-90 34-150 112-150 80 0 116 62 108 152-8-50-30-76-62-98-36 40-104 52-138 48-10 12-16 28-20 48z" fill="#5c3d2f"/>`,
  glasses: "",
};

const LIN = {
  wall: "#ddd3c4",
  skin: "#eabf97",
  shade: "#d6a67c",
  clothes: "#5b4a3f",
  collar: "#e9eef0",
  ink: "#221d1b",
  lip: "#9a4a42",
  back: "",
  hair: `<path d="M146 226c-10-92 36-144 112-144s120 50 108 144c-6-34-16-56-32-72-44 12-104 8-146-10-18 18-36 44-42 82z" fill="#25211f"/>`,
  glasses: `<g fill="none" stroke="#3b3330" stroke-width="5"><rect x="178" y="212" width="66" height="50" rx="18"/><rect x="268" y="212" width="66" height="50" rx="18"/><path d="M244 232q12-8 24 0"/></g>`,
};

const FACES = { ada: ADA, lin: LIN };

export const portrait = (id, mouth = 0) => face(FACES[id] ?? ADA, mouth);
